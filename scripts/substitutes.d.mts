// What vitest.config.ts and test/bundle.test.ts need to know of substitutes.mjs.
import type { Plugin } from 'esbuild'
export declare const namedCharacters: string
export declare const charactersOfEsbuild: Plugin
export declare const withoutTheUnused: Plugin
