// pure · a campaign in the own form of a mailer: what is common to all mails is encoded once, then each person's values are filled in
import type { Locale } from '../../i18n/locale.ts'
import type { MailForm, SpacedText, WireMail } from '../../platform/deps.ts'
import { perObject } from '../../platform/memory/per-object.ts'
import {
  type Addressee,
  type CompiledCampaign,
  type MarkedLocale,
  markedLocales,
  scopeOf,
  templatesFor,
} from '../render.ts'
import { compileParts, type Hole } from './json-template.ts'
import { mapMail } from './mail.ts'

/** The same mail as by `renderMail`. Throws TooMuch as soon as it is too large. `form`: the same at each call. */
export function renderForm(compiled: CompiledCampaign, person: Addressee, form: MailForm): WireMail {
  const templates = templatesFor(compiled, person)
  const made = formsOf(compiled, form).get(templates.locale)
  if (made === undefined) throw new Error('a locale was not compiled')
  const scope = scopeOf(compiled.input, templates, person)
  scope.measure.count(made.octets)
  return made.fill(made.holes.map((hole) => hole(scope)))
}

interface FormTemplates {
  readonly fill: ReturnType<MailForm>
  readonly holes: readonly Hole[]
  readonly octets: number
}

/** On demand: most deployments never need them. */
const formsOf = perObject(
  ({ input }: CompiledCampaign, form: MailForm): ReadonlyMap<Locale, FormTemplates> =>
    new Map(markedLocales(input).map((one) => [one.inLocale.locale, formTemplates(one, form)])),
)

function formTemplates({ inLocale, mail }: MarkedLocale, form: MailForm): FormTemplates {
  const holes: Hole[] = []
  let octets = 0
  const spaced = (text: string): SpacedText => {
    const template = compileParts(inLocale.marks.parts(text), 'mail')
    const first = holes.length
    holes.push(...template.holes)
    octets += template.octets
    return { texts: template.texts, first }
  }
  const { to, reply_to: replyTo, tags, ...texts } = mapMail(mail, spaced)
  const fill = form({
    ...texts,
    ...(replyTo === undefined ? {} : { replyTo }),
    to: to[0],
    tag: tags[0].value,
  })
  return { fill, holes, octets }
}
