// What vitest.config.ts needs to know of islands.mjs.
export declare function writeIslands(): Promise<void>
