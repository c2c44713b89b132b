// adapter · an engine that browsers are made of, driven from outside: pages as their readers meet them, pressed where they press
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'

/** One window. */
export interface Engine {
  /** Until the page is loaded, with what it loads. */
  goto(url: string): Promise<void>
  /** What an expression comes to in the page, as JSON carries it; a promise is waited for. */
  evaluate(expression: string): Promise<unknown>
  /** A press of the pointer at a place of the window, in CSS pixels: the engine itself decides what lies there. */
  click(x: number, y: number): Promise<void>
  resize(width: number, height: number): Promise<void>
  /** For pages below the path of `url`. */
  setCookie(url: string, cookie: { readonly name: string; readonly value: string }): Promise<void>
  /** What the window shows, as PNG. */
  screenshot(): Promise<Buffer>
  close(): Promise<void>
}

/** How an engine is had. */
export interface EngineKind {
  readonly name: string
  /** A sentence that says what is missing on this machine; null where nothing is. */
  readonly missing: string | null
  open(): Promise<Engine>
}

/** The same expression, its value as text: the protocols have ways of their own to say what a value is. */
export const asJson = (expression: string): string =>
  `Promise.resolve(${expression}).then((value) => JSON.stringify(value) ?? 'null')`

/** The first of these files that there is. */
export const firstOf = (paths: readonly string[]): string | undefined => paths.find(existsSync)

export interface Program {
  /** What it says of where it is to be met: the group of the expression, on any of its outputs. */
  says(words: RegExp): Promise<string>
  end(): Promise<void>
}

export function startProgram(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Program {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of child.stdio.slice(1))
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      child.emit('said')
    })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return {
    says: (words) =>
      new Promise((resolve, reject) => {
        const failed = (how: string) => () => reject(new Error(`${command} ${how}: ${output}`))
        const tooLong = setTimeout(failed('said nothing of it'), sayMilliseconds)
        const look = (): void => {
          const [, said] = words.exec(output) ?? []
          if (said === undefined) return
          clearTimeout(tooLong)
          resolve(said)
        }
        child.on('said', look)
        child.once('error', failed('could not be started'))
        child.once('exit', failed('ended'))
        look()
      }),
    end: async () => {
      child.kill('SIGTERM')
      await exited
    },
  }
}

const sayMilliseconds = 45_000
