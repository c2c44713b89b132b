// What vitest.config.ts needs to know of substitutes.mjs.
export declare const namedCharacters: string
