// pure · which lists somebody or a key is limited to, as a form says it
import * as z from 'zod'

/** The ticked lists; null for all. */
const reach = z
  .object({
    scope: z.enum(['all', 'some'], { error: 'must be all or some' }),
    lists: z.array(z.coerce.number().int()),
  })
  .refine(({ scope, lists }) => scope === 'all' || lists.length > 0, {
    message: 'Choose at least one list, or all lists.',
    path: ['lists'],
  })
  // Whichever of the two was meant: the wider one would show people to somebody who was to see one list.
  .refine(({ scope, lists }) => scope === 'some' || lists.length === 0, {
    message: 'You chose all lists and ticked some of them. Choose “Only these lists”, or untick them.',
    path: ['lists'],
  })
  .transform(({ scope, lists }) => (scope === 'all' ? null : lists))

/** `reach`, limited to existing lists. */
export const reachAmong = (lists: readonly { number: number }[]) =>
  reach.refine((chosen) => chosen?.every((one) => lists.some(({ number }) => number === one)) !== false, {
    message: 'One of these lists does not exist.',
    path: ['lists'],
  })
