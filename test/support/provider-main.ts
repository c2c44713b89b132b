// entry · the provider as a process of its own, for runs that kill what they talk to
import * as z from 'zod'
import { optionsFrom } from './provider/flags.ts'
import { startProvider } from './provider.ts'

/**
 * Serves until SIGTERM or SIGINT. Bad arguments, a taken port or a damaged record: one line on stderr, exit 1.
 *
 * The account:
 * `--record FILE [--port 8788] [--api-key KEY] [--rate N] [--daily-quota N] [--monthly-quota N] [--domains a.example,b.example]
 * [--blocked-domains example.com] [--most-bytes N] [--key-hours 24] [--latency MS] [--keep-content]`
 *
 * What goes wrong with a request, each with a probability from 0 to 1; faults.ts says which leave the mail accepted:
 * `[--seed S] [--busy P] [--error P] [--unavailable P] [--page-502 P] [--reset-before P] [--timeout-before P]
 * [--refused P] [--refused-as NAME] [--reset-after P] [--timeout-after P] [--cut-after P] [--page-after P] [--page-504-after P]
 * [--reject-one P]`
 *
 * What becomes of accepted mail, see courses.ts; a local part such as `bounced` or `bounced+1` decides before them:
 * `[--delayed P] [--bounced P] [--late P] [--soft P] [--undetermined P] [--complained P] [--failed P] [--suppressed P]
 * [--silent P]`
 *
 * Who is told, on loopback only, see webhook-options.ts:
 * `[--webhook-url URL --webhook-secret whsec_… [--duplicate P] [--reorder P] [--early P] [--lost P] [--spread MS]
 * [--retries MS,MS,…]]`
 *
 * While it runs, control.ts answers to `/__stats`, `/__record`, `/__faults`, `/__courses`, `/__webhooks`, `/__clock`, `/__events`.
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
    process.stderr.write(`provider: ${reasonOf(error)}\n`)
    process.exitCode = 1
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) return error.issues[0]?.message ?? 'options that make no sense'
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
}
