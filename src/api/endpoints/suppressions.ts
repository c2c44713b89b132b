// web · /api/v1/suppressions: suppressions by keyed hash. An address goes in and never comes out
import * as z from 'zod'
import { addByHand, byHand, removeByHand } from '../../consent/suppress-by-hand.ts'
import { invalid } from '../../platform/errors.ts'
import { parseAddress } from '../../subscribers/address.ts'
import { pageOfSuppressions, type ShownSuppression } from '../../suppression/find.ts'
import { pageShape, type Shown, suppressionShape } from '../answers.ts'
import { collection, type Endpoint, endpoint, pageOf } from '../endpoint.ts'
import { listNamed } from './lists.ts'

const addition = z.strictObject({
  email: z.string({ error: 'must be an email address' }),
  scope: z
    .string({ error: 'must be all, confirmations or list:<id>' })
    .regex(/^(?:all|confirmations|list:[a-zA-Z0-9-]{1,63})$/, 'must be all, confirmations or list:<id>')
    .default('all'),
  reason: z
    .literal(byHand, { error: `must be ${byHand}: the others come about by themselves` })
    .default(byHand),
})

const shown = ({ id, scope, reason, since }: ShownSuppression): Shown<typeof suppressionShape> => ({
  id,
  scope,
  reason,
  since: since.toISOString(),
})

export const suppressionEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      method: 'POST',
      path: '/suppressions',
      permission: 'subscribers.write',
      summary: 'Suppress an address',
      description:
        'From now on it is not mailed: not at all, not by one list, or not with a question to confirm. Adding it once more answers the first.',
      body: addition,
      example: { email: 'anna@example.pl', scope: 'all' },
      status: 201,
      answer: suppressionShape,
    },
    async ({ deps, actor, body }) => {
      const parsed = parseAddress(body.email, { smtpUtf8: true })
      if (!parsed.ok) throw invalid('email', 'This is not an email address that can be on a list.')
      const [kind, name] = body.scope.split(':')
      const list = name === undefined ? null : await listNamed(deps, name)
      const scope =
        list !== null
          ? (`list:${list.id}` as const)
          : kind === 'confirmations'
            ? ('confirmations' as const)
            : ('all' as const)
      return shown(await addByHand(deps, actor, { address: parsed.address, scope }))
    },
  ),
  endpoint(
    {
      method: 'GET',
      path: '/suppressions',
      permission: 'subscribers.read',
      summary: 'All suppressions',
      description:
        'Newest first: keyed hashes are all that is kept, so that none of them leads to an address.',
      pages: true,
      answer: pageShape(suppressionShape),
    },
    async (call) => {
      const { limit, after } = pageOf(call, z.uuid())
      const rows = await pageOfSuppressions(call.deps.db, { limit, before: after })
      return collection(rows, { limit, show: shown, position: ({ id }) => id })
    },
  ),
  endpoint(
    {
      method: 'DELETE',
      path: '/suppressions/:id',
      permission: 'subscribers.write',
      summary: 'Lift a suppression',
      description:
        'Of an operator or a bounce; what a person said themselves stands, and refuses with 409. Consent decides again who is mailed.',
      status: 204,
    },
    ({ deps, actor, path }) => removeByHand(deps, actor, path('id')),
  ),
]
