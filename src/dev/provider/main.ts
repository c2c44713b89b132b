// entry · the provider as its own process, for tests that kill the sender
import * as z from 'zod'
import { optionsFrom } from './flags.ts'
import { startProvider } from './server.ts'

/** Describes every flag of provider/flags.ts. */
export const usage = `Usage: npm run assent -- provider --record FILE [flags]

A mail provider that speaks Resend's protocol on 127.0.0.1 and mails nobody. FILE gets a line of JSON for each mail before its
request is answered; a provider that starts again on it knows its keys, its quotas and what it has not told yet.

The account
  --port 8788                 where it listens; 0: any free port
  --api-key KEY               the one that is let in; without it any
  --rate N                    requests a second; without it no limit
  --daily-quota N, --monthly-quota N    emails in a day and a month of UTC
  --domains A,B               from which mail may be sent; without it from any
  --blocked-domains A,B       to which none may be
  --most-bytes N              of a request's body
  --key-hours 24              how long an idempotency key is remembered
  --latency MS                between taking a request and accepting it
  --keep-content              html and text stand in the record

What goes wrong with a request: probabilities from 0 to 1, drawn from --seed
  nothing accepted            --busy --error --unavailable --page-502 --reset-before --timeout-before --refused
  accepted all the same       --reset-after --timeout-after --cut-after --page-after --page-504-after
  --refused-as NAME           by which trouble of the account: domainNotVerified, invalidApiKey, dailyQuota and others
  --reject-one P              one mail of a permissive batch is refused

What becomes of accepted mail: probabilities from 0 to 1, drawn from --seed and the address
  --delayed --bounced --late --soft --undetermined --complained --failed --suppressed --silent
  A local part of that name decides before them: bounced@..., soft+1@..., delivered@...

Who is told of it, in signed webhooks
  --webhook-url URL --webhook-secret whsec_...    on loopback; the secret is base64 of 24 to 64 bytes
  --duplicate --reorder --early --lost            probabilities from 0 to 1
  --spread MS                 each mail's events wait between nothing and so long
  --retries MS,MS,...         the rests between attempts; without it those of Resend, ten hours at most

While it runs: GET /__stats /__record, PUT /__faults /__courses /__webhooks /__clock, POST /__events
`

/** Serves until SIGTERM or SIGINT. Invalid arguments, a taken port or a damaged record: one line on stderr, exit 1. */
export async function runProvider(argv: readonly string[]): Promise<void> {
  if (argv.includes('--help')) {
    process.stdout.write(usage)
    return
  }
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
