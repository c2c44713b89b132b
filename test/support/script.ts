// adapter · a script of ours as a person runs it in a shell, to its end: what it printed, and how it left
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Only what is given, and where programs lie: nothing of the environment that the tests run in. */
export const bareEnvironment = (
  variables: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> => {
  const { PATH = '', HOME = '' } = process.env
  return { PATH, HOME, ...variables }
}

/** Runs it to its end; after `seconds` it is killed, and the code is null. `input`: what is piped into it. */
export function runScript(
  script: 'start' | 'assent' | 'dev-worker',
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
  seconds = 300,
  input: string | null = null,
): Promise<Ended> {
  const child = spawn(process.execPath, [`scripts/${script}.mjs`, ...args], {
    env: bareEnvironment(variables),
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  // Who ends before it has read all of it is no fault of the test.
  child.stdin.on('error', () => {})
  child.stdin.end(input ?? '')
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()))
  const late = setTimeout(() => child.kill('SIGKILL'), seconds * 1000)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      clearTimeout(late)
      resolve({ code, ...output })
    })
  })
}

/** A process and all that it started, directly or not. Linux. */
export function familyOf(pid: number): readonly number[] {
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), parentOf(Number(name))] as const),
  )
  const family = [pid]
  for (const one of family)
    family.push(...Array.from(parents, ([child, parent]) => (parent === one ? child : 0)).filter(Boolean))
  return family
}

/** A process that has ended but was not reaped yet is not alive. */
export function isAlive(pid: number): boolean {
  return parentOf(pid) !== null
}

function parentOf(pid: number): number | null {
  try {
    const [state = 'Z', parent = '0'] =
      readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    return state === 'Z' || state === 'X' ? null : Number(parent)
  } catch {
    return null
  }
}
