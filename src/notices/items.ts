// pure · the items of a notice, from the settings of a list. GDPR Art. 13(1)-(3), 21(4)
import { type Locale, localised } from '../i18n/locale.ts'
import { messages } from '../i18n/messages.ts'
import type { NoticeItemKey } from '../i18n/notice/texts.ts'
import { type Field, type LegalBasis, type ListSettings, measured, ownPurpose } from '../lists/list.ts'
import type { Processors } from '../lists/processors.ts'
import { authorityOf, isInArea, lawOf } from './authority.ts'
import type { NoticeItems } from './notice.ts'
import { recipientsText, transfersText, unstopped } from './recipients.ts'
import { addressHashDays, networkHashHours } from './storage.ts'

const articles: { readonly [key in NoticeItemKey]: string | null } = {
  controller: '13(1)(a)',
  dpo: '13(1)(b)',
  purposes: '13(1)(c)',
  legitimate_interests: '13(1)(d)',
  recipients: '13(1)(e)',
  transfers: '13(1)(f)',
  storage: '13(2)(a)',
  rights: '13(2)(b)',
  withdrawal: '13(2)(c)',
  complaint: '13(2)(d)',
  obligation: '13(2)(e)',
  automated: '13(2)(f)',
  further_use: '13(3)',
  objection: '21(4)',
  frequency: null,
  tracking: null,
  double_opt_in: null,
  ip_storage: null,
  ledger: null,
  age: null,
}

/** The items in one language. `processors`: to which companies the deployment itself passes data. */
export function noticeItems(list: ListSettings, locale: Locale, processors: Processors): NoticeItems {
  const { notice } = messages(locale)
  const { controller } = list
  const contact = controller.contact_email
  const item = (key: NoticeItemKey, text: string | readonly string[], points: readonly string[] = []) => ({
    article: articles[key],
    title: notice.titles[key],
    text: typeof text === 'string' ? [text] : [...text],
    points: [...points],
  })
  return {
    controller: item('controller', [
      ...notice.controller({ name: controller.name, address: oneLine(controller.address), contact }),
      ...(controller.representative === null
        ? []
        : [notice.representative(oneLine(controller.representative))]),
    ]),
    dpo: item(
      'dpo',
      controller.dpo_email === null ? notice.noDpo(contact) : notice.dpo(controller.dpo_email),
    ),
    purposes: item('purposes', [notice.address(list.name), notice.operations], purposePoints(list, locale)),
    legitimate_interests: item('legitimate_interests', ...interestsText(list, locale)),
    obligation: item('obligation', obligationText(list, locale)),
    frequency: item('frequency', list.description === '' ? notice.frequencyUnknown : list.description),
    recipients: item('recipients', ...recipientsText(list, locale, processors)),
    transfers: item('transfers', ...transfersText(list, locale, processors)),
    storage: item(
      'storage',
      [],
      [
        notice.storageKept(contact),
        notice.storageProof,
        notice.storageUnconfirmed(list.confirm.ttl_hours),
        notice.storageLimits(networkHashHours, addressHashDays),
        notice.storageSuppression,
      ],
    ),
    tracking: item('tracking', trackingText(list, locale)),
    double_opt_in: item('double_opt_in', notice.doubleOptIn),
    ip_storage: item('ip_storage', notice.ip[list.ip_storage]),
    ledger: item('ledger', notice.ledger),
    age: item('age', list.minimum_age === 0 ? notice.noAge : notice.age(list.minimum_age)),
    withdrawal: item('withdrawal', notice.withdrawal(contact)),
    objection: item('objection', notice.objection(contact)),
    rights: item('rights', notice.rights(contact)),
    complaint: item('complaint', complaintText(list, locale)),
    automated: item('automated', notice.automated),
    further_use: item('further_use', notice.furtherUse),
  }
}

/** The name of the supervisory authority in the notice. */
export const authorityText = (list: ListSettings, locale: Locale): string =>
  list.controller.authority ??
  authorityOf(list.controller.jurisdiction) ??
  messages(locale).notice.complaintUsual

function purposePoints(list: ListSettings, locale: Locale): readonly string[] {
  const { notice } = messages(locale)
  const title = (key: string): string => titleOf(list, key, locale)
  const purposes = list.purposes.map(({ key, text }) =>
    notice.purpose({
      title: unstopped(title(key)),
      text: stopped(localised(text, locale, list.default_locale)),
      basis: basisText(list, 'consent', locale),
    }),
  )
  const fields = list.fields.map((field) => {
    const about = notice.field({
      label: labelOf(list, field, locale),
      purpose: title(field.purpose),
      basis: basisText(list, basisOf(field), locale),
      optional: field.required ? notice.required : notice.optional,
    })
    return field.sensitive ? `${about} ${notice.sensitive(lawName(list, locale))}` : about
  })
  return [...purposes, ...fields]
}

function interestsText(list: ListSettings, locale: Locale): readonly [readonly string[], readonly string[]] {
  const { notice } = messages(locale)
  const fields = list.fields.filter((field) => field.legal_basis === 'legitimate_interest')
  const basis = notice.legitimateInterests(basisText(list, 'legitimate_interest', locale))
  const ofFields = fields.length === 0 ? [] : [notice.legitimateFields(labelsOf(list, fields, locale))]
  return [[basis], [...notice.interests, ...ofFields]]
}

function obligationText(list: ListSettings, locale: Locale): readonly string[] {
  const { notice } = messages(locale)
  const needed = list.fields.filter((field) => field.required)
  const general = notice.obligation(list.name)
  return needed.length === 0 ? [general] : [general, notice.obligationFields(labelsOf(list, needed, locale))]
}

/** Says that nothing is measured only where nothing is. */
function trackingText(list: ListSettings, locale: Locale): readonly string[] {
  const { notice } = messages(locale)
  const purposes = list.purposes.filter((purpose) => purpose.kind === 'measure')
  const titles = purposes.map(({ key }) => notice.quoted(unstopped(titleOf(list, key, locale)))).join(', ')
  if (purposes.some(({ key }) => measured.includes(key))) return [notice.trackingIndividual(titles)]
  const mode = list.tracking === 'aggregate' ? notice.tracking.aggregate : notice.tracking.none
  return purposes.length === 0 ? [mode] : [mode, notice.trackingLater(titles)]
}

function complaintText(list: ListSettings, locale: Locale): readonly string[] {
  const { notice } = messages(locale)
  const complaint = notice.complaint(unstopped(authorityText(list, locale)))
  const { jurisdiction, representative } = list.controller
  return isInArea(jurisdiction) || representative !== null
    ? [complaint, notice.complaintElsewhere]
    : [complaint]
}

/** Data of a special category need explicit consent. GDPR Art. 9(2)(a) */
const basisOf = (field: Field): LegalBasis | 'explicit_consent' =>
  field.sensitive && field.legal_basis === 'consent' ? 'explicit_consent' : field.legal_basis

function basisText(list: ListSettings, basis: LegalBasis | 'explicit_consent', locale: Locale): string {
  const { notice } = messages(locale)
  const { words, article } = notice.basis[basis]
  const law = lawName(list, locale)
  return law === null ? words : `${words} (${article(law)})`
}

/** The name of the law that the controller is under, in this language; null where it is neither GDPR. */
export function lawName(list: ListSettings, locale: Locale): string | null {
  const law = lawOf(list.controller)
  return law === null ? null : messages(locale).notice.laws[law]
}

/** The title of a purpose in this language. */
export function titleOf(list: ListSettings, key: string, locale: Locale): string {
  const purpose = list.purposes.find((one) => one.key === key)
  if (purpose === undefined) return key === ownPurpose ? list.name : key
  return localised(purpose.title, locale, list.default_locale)
}

const labelOf = (list: ListSettings, field: Field, locale: Locale): string =>
  localised(field.label, locale, list.default_locale)

const labelsOf = (list: ListSettings, fields: readonly Field[], locale: Locale): string =>
  fields.map((field) => unstopped(labelOf(list, field, locale))).join(', ')

const oneLine = (address: string): string =>
  address
    .split('\n')
    .flatMap((line) => unstopped(line.trim()).replace(/,$/, '') || [])
    .join(', ')

/** An operator's text inside a built-in sentence gets exactly one full stop. */
const stopped = (text: string): string => (/[.?!…]$/.test(text) ? text : `${text}.`)
