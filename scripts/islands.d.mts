// What vitest.config.ts needs to know of islands.mjs.
import type { Plugin } from 'vitest/config'
export declare const islandsOfVite: Plugin
