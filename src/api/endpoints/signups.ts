// web · POST /api/v1/signups: sign-ups taken by the controller's own site; double opt-in like any other
import * as z from 'zod'
import { nameOfActor } from '../../audit/actor.ts'
import { recordAct } from '../../audit/record.ts'
import { lookUpLocale } from '../../i18n/locale.ts'
import { whyUnlawful } from '../../lists/list.ts'
import { DomainError } from '../../platform/errors.ts'
import { line, sentValue } from '../../platform/form.ts'
import { acceptSignup } from '../../signup/accept.ts'
import { type FormFault, faultText, readSignupForm } from '../../signup/form.ts'
import { acceptedShape } from '../answers.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { listNamed } from './lists.ts'

const signup = z.strictObject({
  list: z.string({ error: 'must be the slug or id of a list' }).max(100),
  email: z.string({ error: 'must be an email address' }),
  locale: z.string().max(20).optional(),
  purposes: z.array(z.string()).max(50, 'must have at most 50 entries').default([]),
  fields: z.record(z.string(), sentValue).default({}),
  /** The place of the form, in the words of the site: `footer form`. */
  source: line(200).nullable().default(null),
})

const faulty = (faults: readonly FormFault[]): DomainError =>
  new DomainError('invalid', 'The sign-up is not valid.', {
    faults: faults.map((fault) => ({ path: pathOf(fault.name), message: faultText('en', fault) })),
  })

const pathOf = (name: string): string => {
  if (name === 'email' || name === 'locale') return name
  return name === 'purpose' ? 'purposes' : `fields.${name}`
}

export const signupEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      method: 'POST',
      path: '/signups',
      permission: 'signups.write',
      summary: 'Sign somebody up',
      description:
        'As any form does: a mail asks for confirmation, and the answer is the same whoever it is. Free of the limits per network, not of those per address.',
      body: signup,
      example: {
        list: 'garden',
        email: 'anna@example.pl',
        locale: 'pl',
        fields: { first_name: 'Anna' },
        source: 'footer form',
      },
      status: 202,
      answer: acceptedShape,
    },
    async (call) => {
      const { body, deps } = call
      const list = await listNamed(call, body.list)
      const unlawful = whyUnlawful(list.controller.jurisdiction)
      if (unlawful !== null) throw new DomainError('conflict', unlawful)
      const fields = Object.entries(body.fields).filter(([, value]) => value !== null)
      const taken = fields.filter(([key]) => !list.fields.some((field) => field.key === key))
      if (taken.length > 0)
        throw faulty(
          taken.map(([name]) => ({ name, code: 'field_unknown', about: { label: name, limit: 0 } })),
        )
      if (body.locale !== undefined && lookUpLocale(body.locale, list.locales) === undefined)
        throw faulty([{ name: 'locale', code: 'locale_unknown', about: { label: 'locale', limit: 0 } }])
      const read = readSignupForm(
        list,
        new Map<string, readonly string[]>([
          ...fields.map(([key, value]) => [key, [String(value)]] as const),
          ['email', [body.email]],
          ['purpose', body.purposes],
          ...(body.locale === undefined ? [] : [['locale', [body.locale]] as const]),
        ]),
        { smtpUtf8: deps.mailer.can.smtpUtf8, fallbackLocale: () => list.default_locale },
      )
      if (!read.ok) throw faulty(read.faults)
      const outcome = await deps.db.transaction(async (tx) => {
        const accepted = await acceptSignup({ ...deps, db: tx }, list, read.form, {
          method: 'api',
          address: null,
          userAgent: '',
          page: null,
          source: body.source,
          actor: nameOfActor(call.actor),
        })
        if (accepted.kind === 'accepted')
          await recordAct(deps, tx, {
            actor: call.actor,
            verb: 'signup.take',
            subject: { kind: 'list', id: list.id },
          })
        return accepted
      })
      if (outcome.kind === 'faulty') throw faulty(outcome.faults)
      return { status: 'check_your_inbox' as const }
    },
  ),
]
