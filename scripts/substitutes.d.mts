// What vitest.config.ts and tests need to know of substitutes.mjs.
import type { Plugin } from 'esbuild'

export declare const namedCharacters: string
export declare const charactersOfEsbuild: Plugin
export declare const withoutTheUnused: Plugin
