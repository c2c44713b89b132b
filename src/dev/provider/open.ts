// adapter · a provider's state, built from its record and options
import { type Course, coursesOf, suppresses } from './courses.ts'
import { fates } from './faults.ts'
import { idempotencyKeys, remember } from './keys.ts'
import { bareAddress } from './mail.ts'
import { openOver } from './over.ts'
import { emailsIn, quotaOf } from './quota.ts'
import { rateLimit } from './rate.ts'
import { type AcceptedMail, openRecord } from './record.ts'
import { countBatch, noStats, type ProviderOptions, type ProviderState } from './state.ts'
import { setWebhooks } from './tell.ts'
import { webhookShape } from './webhook-options.ts'

/** Restores keys, quotas, suppressed addresses and unposted events from an earlier record. */
export async function openState(options: ProviderOptions): Promise<ProviderState> {
  const suppressed = new Set<string>()
  // Invalid options are refused before any file is opened.
  const nextFate = fates(options.faults ?? {})
  const courseFor = coursesOf(options.courses ?? {})
  const webhooks = options.webhooks === undefined ? null : webhookShape.parse(options.webhooks)
  const state: ProviderState = {
    options,
    record: await openRecord(options.recordFile),
    over: await openOver(`${options.recordFile}.webhooks`),
    keys: idempotencyKeys(options.keyTtlHours ?? 24),
    quota: quotaOf(options.dailyQuota ?? null, options.monthlyQuota ?? null),
    allowance: options.ratePerSecond === undefined ? null : rateLimit(options.ratePerSecond),
    stats: noStats(),
    aheadMs: 0,
    now: () => Date.now() + state.aheadMs,
    nextFate,
    courseFor,
    courseOf: (recipient) => suppressing(state, suppressed, recipient),
    webhooks: null,
  }
  await setWebhooks(state, webhooks)
  for (const batch of state.record.batches()) {
    remember(state.keys, batch)
    countBatch(state.stats, batch.length)
    for (const mail of batch) recall(state, suppressed, mail)
    void state.webhooks?.announce(batch)
  }
  state.over.forget()
  return state
}

function recall(state: ProviderState, suppressed: Set<string>, mail: AcceptedMail): void {
  state.quota.count(emailsIn([mail]), Date.parse(mail.at))
  for (const [place, course] of (mail.courses ?? []).entries())
    if (suppresses(course)) suppressed.add(bareAddress(mail.to[place] ?? ''))
}

/** @see https://resend.com/docs/dashboard/emails/email-suppressions */
function suppressing(state: ProviderState, suppressed: Set<string>, recipient: string): Course {
  const address = bareAddress(recipient)
  if (suppressed.has(address)) return 'suppressed'
  const course = state.courseFor(recipient)
  if (suppresses(course)) suppressed.add(address)
  return course
}
