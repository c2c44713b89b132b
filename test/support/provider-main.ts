// entry · the provider as a process of its own, for runs that kill what they talk to
import { parseArgs } from 'node:util'
import { type ProviderOptions, startProvider } from './provider.ts'

/**
 * Serves until SIGTERM or SIGINT. Bad arguments, a taken port or a damaged record: one line on stderr, exit 1.
 * `--record FILE [--port 8788] [--rate N] [--latency MS] [--seed S] [--busy P] [--error P] [--reset-before P]
 * [--reset-after P] [--timeout-after P] [--reject-one P] [--api-key KEY] [--keep-content]`
 */
export async function runProvider(argv: readonly string[]): Promise<void> {
  try {
    const options = optionsFrom(argv)
    const provider = await startProvider(options)
    process.stdout.write(`provider ready on ${provider.url}, record in ${options.recordFile}\n`)
    await new Promise<void>((stop) => {
      process.once('SIGTERM', stop).once('SIGINT', stop)
    })
    await provider.close()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    process.stderr.write(`provider: ${why.split('\n')[0]}\n`)
    process.exitCode = 1
  }
}

const text = { type: 'string' } as const

function optionsFrom(argv: readonly string[]): ProviderOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      port: text,
      record: text,
      rate: text,
      latency: text,
      seed: text,
      busy: text,
      error: text,
      'reset-before': text,
      'reset-after': text,
      'timeout-after': text,
      'reject-one': text,
      'api-key': text,
      'keep-content': { type: 'boolean' },
    },
  })
  if (values.record === undefined) throw new Error('--record FILE is missing')
  const rate = wholeNumber('--rate', values.rate ?? '0')
  return {
    port: wholeNumber('--port', values.port ?? '8788'),
    recordFile: values.record,
    latencyMs: wholeNumber('--latency', values.latency ?? '0'),
    keepContent: values['keep-content'] ?? false,
    ...(rate > 0 && { ratePerSecond: rate }),
    ...(values['api-key'] !== undefined && { apiKey: values['api-key'] }),
    faults: {
      seed: wholeNumber('--seed', values.seed ?? '1'),
      busy429: probability('--busy', values.busy),
      error500: probability('--error', values.error),
      resetBefore: probability('--reset-before', values['reset-before']),
      resetAfter: probability('--reset-after', values['reset-after']),
      timeoutAfter: probability('--timeout-after', values['timeout-after']),
      rejectOne: probability('--reject-one', values['reject-one']),
    },
  }
}

function wholeNumber(name: string, given: string): number {
  if (!/^\d{1,9}$/.test(given)) throw new Error(`${name} must be a whole number`)
  return Number(given)
}

function probability(name: string, given = '0'): number {
  const value = Number(given)
  if (given.trim() === '' || !(value >= 0 && value <= 1)) throw new Error(`${name} must be between 0 and 1`)
  return value
}
