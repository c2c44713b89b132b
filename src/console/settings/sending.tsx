// web · /console/settings/sending: the sending rules for all campaigns
import { Hono } from 'hono'
import { actorOf, type ConsoleContext, type ConsoleEnv, faultsOrThrow } from '../../auth/console.tsx'
import { allow } from '../../auth/guard.tsx'
import { wallTime } from '../../i18n/zones.ts'
import type { Fault } from '../../platform/errors.ts'
import { faultsOf, inWords } from '../../platform/form.ts'
import { changeRules } from '../../sending-rules/change-rules.ts'
import { countedToday, rulesOf } from '../../sending-rules/find.ts'
import { sendingRules, usualWarmUp } from '../../sending-rules/rules.ts'
import { sentValues, settingsScreen } from './frame.tsx'
import { atControls, rowFaults, rulesIn, type TypedRules, typedIn, typedOf } from './sending-input.ts'
import { SendingForm } from './sending-view.tsx'

export const sendingRoutes = new Hono<ConsoleEnv>()

sendingRoutes.get('/settings/sending', async (c) => {
  allow(c, 'settings.write')
  const rules = await rulesOf(c.env.db)
  const typed = typedOf(rules)
  if (c.req.query('plan') !== 'usual') return sending(c, typed, [])
  const start = wallTime(rules.timezone, c.env.clock()).slice(0, 10)
  return sending(c, { ...typed, start, people_per_day: usualWarmUp.join('\n') }, [])
})

sendingRoutes.post('/settings/sending', async (c) => {
  allow(c, 'settings.write')
  const typed = typedIn((await sentValues(c)).one)
  const parsed = sendingRules.safeParse(rulesIn(typed), inWords)
  const faults = [...rowFaults(typed), ...atControls(parsed.success ? [] : faultsOf(parsed.error), typed)]
  if (!parsed.success || faults.length > 0) return sending(c, typed, faults)
  try {
    await changeRules(c.env, actorOf(c), parsed.data)
  } catch (error) {
    return sending(c, typed, faultsOrThrow(error))
  }
  return c.redirect('/console/settings/sending?done=saved', 303)
})

async function sending(c: ConsoleContext, typed: TypedRules, faults: readonly Fault[]): Promise<Response> {
  const rules = await rulesOf(c.env.db)
  return settingsScreen(c, {
    tab: 'sending',
    title: 'Sending rules',
    about:
      'When and how much is sent, across all campaigns. Confirmations and other service email are not affected.',
    done: { saved: 'Saved. Campaigns in progress follow the new rules from their next batch.' },
    faults,
    content: (
      <SendingForm
        typed={typed}
        faults={faults}
        plan={rules.warm_up}
        today={wallTime(rules.timezone, c.env.clock()).slice(0, 10)}
        countedToday={await countedToday(c.env.db, rules, c.env.clock())}
      />
    ),
  })
}
