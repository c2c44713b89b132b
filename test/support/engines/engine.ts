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

/** The engine itself ended, by a fault of its own: no verdict on the page, which another window may be shown. */
export class EngineLost extends Error {}

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
  /** What it says of where it is to be met: the group of the expression, on any one of its outputs. */
  says(words: RegExp): Promise<string>
  end(): Promise<void>
}

/** It ends with us in any case. */
export function startProgram(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Program {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  // Each by itself: a line of one may be cut in two by a warning on another.
  const outputs = child.stdio.slice(1).map((stream) => {
    const output = { text: '' }
    stream?.on('data', (chunk: Buffer) => {
      output.text += chunk.toString()
      child.emit('said')
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
    says: (words) =>
      new Promise((resolve, reject) => {
        const failed = (how: string) => () =>
          reject(new Error(`${command} ${how}: ${outputs.map(({ text }) => text).join('\n')}`))
        const tooLong = setTimeout(failed('said nothing of it'), sayMilliseconds)
        const settle = (then: () => void) => (): void => {
          clearTimeout(tooLong)
          then()
        }
        const look = (): void => {
          const said = outputs.map(({ text }) => words.exec(text)?.[1]).find((one) => one !== undefined)
          if (said !== undefined) settle(() => resolve(said))()
        }
        child.on('said', look)
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

/** Longer than the busiest machine takes: the end of a wait for nothing. */
const sayMilliseconds = 120_000
