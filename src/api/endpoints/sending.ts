// web · /api/v1/sending: the sending rules, the same for every campaign
import { changeRules } from '../../sending-rules/change-rules.ts'
import { rulesOf } from '../../sending-rules/find.ts'
import { noRules, sendingRules, usualWarmUp } from '../../sending-rules/rules.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'

const sendingShape = sendingRules.meta({ id: 'SendingRules' })

export const sendingEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      method: 'GET',
      path: '/sending',
      permission: 'campaigns.read',
      summary: 'How much is sent, and when',
      description:
        'One set of rules for all campaigns, every worker and both runtimes. Service mail is not held.',
      answer: sendingShape,
    },
    ({ deps }) => rulesOf(deps.db),
  ),
  endpoint(
    {
      method: 'PUT',
      path: '/sending',
      permission: 'settings.write',
      whole: true,
      summary: 'Change it',
      description:
        'All of it, in place of what was. Campaigns under way go by it from their next batch on; a new limit for a mailbox provider is kept by those launched from now on. A batch is sent once there is room for all of it.',
      body: sendingRules,
      example: {
        ...noRules,
        timezone: 'Europe/Warsaw',
        warm_up: { start: '2026-12-01', people_per_day: [...usualWarmUp] },
        caps: { gmail: { per_hour: 2000, per_day: null } },
        quiet_hours: { from: '21:00', to: '08:00' },
      },
      answer: sendingShape,
    },
    async ({ deps, actor, body }) => {
      await changeRules(deps, actor, body)
      return rulesOf(deps.db)
    },
  ),
]
