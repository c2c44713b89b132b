// Type of islands.mjs for vitest.config.ts.
export declare function writeIslands(): Promise<void>
