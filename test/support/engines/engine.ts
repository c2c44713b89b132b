// adapter · a browser engine driven from outside: real pages, real pointer input
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'

/** One browser window. */
export interface Engine {
  /** Resolves once the page and its resources are loaded. */
  goto(url: string): Promise<void>
  /** Evaluates an expression in the page and returns its value as JSON; a promise is awaited. */
  evaluate(expression: string): Promise<unknown>
  /** Clicks at a position in CSS pixels; the engine's own hit test decides which element receives the click. */
  click(x: number, y: number): Promise<void>
  resize(width: number, height: number): Promise<void>
  /** Sets a cookie for pages below the path of `url`. */
  setCookie(url: string, cookie: { readonly name: string; readonly value: string }): Promise<void>
  /** Takes a PNG of the window. */
  screenshot(): Promise<Buffer>
  close(): Promise<void>
}

/** The engine itself crashed: no verdict on the page, which may be tried in another window. */
export class EngineLost extends Error {}

/** How to start an engine. */
export interface EngineKind {
  readonly name: string
  /** A sentence naming what is missing on this machine; null where nothing is. */
  readonly missing: string | null
  open(): Promise<Engine>
}

/** Wraps an expression so that its value comes back as JSON text, since the protocols encode values differently. */
export const asJson = (expression: string): string =>
  `Promise.resolve(${expression}).then((value) => JSON.stringify(value) ?? 'null')`

/** Returns the first of these files that exists. */
export const firstOf = (paths: readonly string[]): string | undefined => paths.find(existsSync)

export interface Program {
  /** Waits for output that matches, on any stream, and returns the expression's first group. */
  waitForOutput(words: RegExp): Promise<string>
  end(): Promise<void>
}

/** Starts a program that ends with this process in any case. */
export function startProgram(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Program {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  // Each stream is buffered separately: a warning on one could split a line of another.
  const outputs = child.stdio.slice(1).map((stream) => {
    const output = { text: '' }
    stream?.on('data', (chunk: Buffer) => {
      output.text += chunk.toString()
      child.emit('output')
    })
    return output
  })
  const withUs = (): void => void child.kill('SIGKILL')
  process.once('exit', withUs)
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => {
      process.off('exit', withUs)
      resolve()
    })
    child.once('error', () => resolve())
  })
  return {
    waitForOutput: (words) =>
      new Promise((resolve, reject) => {
        const failed = (how: string) => () =>
          reject(new Error(`${command} ${how}: ${outputs.map(({ text }) => text).join('\n')}`))
        const tooLong = setTimeout(failed('said nothing of it'), outputTimeoutMilliseconds)
        const settle = (then: () => void) => (): void => {
          clearTimeout(tooLong)
          then()
        }
        const look = (): void => {
          const found = outputs.map(({ text }) => words.exec(text)?.[1]).find((one) => one !== undefined)
          if (found !== undefined) settle(() => resolve(found))()
        }
        child.on('output', look)
        child.once('error', settle(failed('could not be started')))
        child.once('exit', settle(failed('ended')))
        look()
      }),
    end: async () => {
      child.kill('SIGTERM')
      await exited
    },
  }
}

/** Longer than a loaded machine takes, so that no test waits for ever. */
const outputTimeoutMilliseconds = 120_000
