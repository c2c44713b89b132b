// web · /api/v1/audit: the audit log
import * as z from 'zod'
import { pageOfActs } from '../../audit/find.ts'
import { actShape, pageShape } from '../answers.ts'
import { collection, type Endpoint, endpoint, pageOf } from '../endpoint.ts'

const named = (what: string) =>
  z
    .string()
    .regex(/^[\x21-\x7e]{1,100}$/, 'must have 1 to 100 characters without a space')
    .optional()
    .describe(what)

export const auditEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      method: 'GET',
      path: '/audit',
      permission: 'audit.read',
      whole: true,
      summary: 'Who did what, when',
      description:
        'Every act of an operator or a key, newest first: written down together with the act, and nobody can change or remove it. Also whose data they read (`person.read`, `people.list` and others, one row for each page, with the ids of the people), and what was refused: `sign_in.failed`, `key.refused`, `act.refused`, of strangers up to a limit.',
      query: z.object({
        actor: named(
          'Id of an operator or a key; `system` for what nobody asked for, `stranger` for somebody unknown.',
        ),
        verb: named('Such as `campaign.launch`.'),
        subject: named('Id of what it was done to.'),
        person: named('Id of a person: what was done to them, and each page and search that showed them.'),
      }),
      pages: true,
      answer: pageShape(actShape),
    },
    async (call) => {
      const { limit, after } = pageOf(call, z.int())
      const acts = await pageOfActs(call.deps.db, { limit, before: after, ...call.query })
      return collection(acts, {
        limit,
        position: ({ number }) => number,
        show: ({ number: _, at, ...act }) => ({ ...act, at: at.toISOString() }),
      })
    },
  ),
]
