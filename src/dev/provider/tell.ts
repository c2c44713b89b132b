// adapter · webhook settings, and extra events on demand, such as a complaint a week later
import { type Course, eventsOf } from './courses.ts'
import { happening } from './events.ts'
import type { ProviderState } from './state.ts'
import type { WebhookOptions } from './webhook-options.ts'
import { openWebhooks } from './webhooks.ts'

/** Drops waiting messages; throws if the options are invalid. */
export async function setWebhooks(state: ProviderState, options: WebhookOptions | null): Promise<void> {
  const earlier = state.webhooks
  state.webhooks =
    options === null
      ? null
      : openWebhooks(options, {
          now: state.now,
          stats: state.stats.webhooks,
          isOver: state.over.has,
          onOver: state.over.add,
        })
  await earlier?.close()
}

/** Posts the course's last event; false if there is no such mail, no event, or no webhooks. */
export function tell(state: ProviderState, emailId: string, course: Course): boolean {
  const mail = state.record.find(emailId)
  const [recipient] = mail?.to ?? []
  const type = eventsOf(course).at(-1)
  if (mail === undefined || recipient === undefined || type === undefined || state.webhooks === null)
    return false
  state.webhooks.tell(happening({ type, mail, recipient, course, at: state.now() }))
  return true
}
