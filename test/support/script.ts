// adapter · one of our scripts run to its end, as from a shell: output and exit code
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The given variables with PATH and HOME, and nothing else of the test run's environment. */
export const bareEnvironment = (
  variables: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> => {
  const { PATH = '', HOME = '' } = process.env
  return { PATH, HOME, ...variables }
}

/** Runs a script to its end; killed after `seconds`, with code null. `input` is piped in. */
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
  // A script may exit before it has read all input.
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

/** The process and all its descendants. Linux only. */
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

/** Whether a process is running; a process that has ended but is not yet reaped is not. */
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
