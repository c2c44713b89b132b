// pure · the items of a notice, from the settings of a list. GDPR Art. 13(1)-(3), 21(4)
import { type Locale, localised } from '../i18n/locale.ts'
import { messages } from '../i18n/messages.ts'
import type { NoticeItemKey } from '../i18n/notice/texts.ts'
import { countryName } from '../i18n/words.ts'
import { type Field, type LegalBasis, type ListSettings, ownPurpose } from '../lists/list.ts'
import { areaOf, authorityOf, isAbroad, underGdpr } from './authority.ts'
import type { NoticeItems } from './notice.ts'

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

/** The items in one language. Without recipients the notice says that there are none. */
export function noticeItems(list: ListSettings, locale: Locale): NoticeItems {
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
    controller: item(
      'controller',
      notice.controller({ name: controller.name, address: oneLine(controller.address), contact }),
    ),
    dpo: item(
      'dpo',
      controller.dpo_email === null ? notice.noDpo(contact) : notice.dpo(controller.dpo_email),
    ),
    purposes: item('purposes', [notice.address(list.name), notice.operations], purposePoints(list, locale)),
    legitimate_interests: item('legitimate_interests', interestsText(list, locale)),
    obligation: item('obligation', obligationText(list, locale)),
    frequency: item('frequency', list.description === '' ? notice.frequencyUnknown : list.description),
    recipients: item('recipients', ...recipientsText(list, locale)),
    transfers: item('transfers', ...transfersText(list, locale)),
    storage: item(
      'storage',
      [],
      [
        notice.storageActive(list.retention.inactive_months),
        notice.storageUnconfirmed(list.confirm.ttl_hours),
        notice.storageEvidence(list.retention.evidence_years),
        notice.storageDeliveries(list.retention.deliveries_months),
        notice.storageLimits,
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
      basis: basisText(list, field.legal_basis, locale),
      optional: field.required ? notice.required : notice.optional,
    })
    return field.sensitive ? `${about} ${notice.sensitive}` : about
  })
  return [...purposes, ...fields]
}

function interestsText(list: ListSettings, locale: Locale): readonly string[] {
  const { notice } = messages(locale)
  const fields = list.fields.filter((field) => field.legal_basis === 'legitimate_interest')
  const general = notice.legitimateInterests(basisText(list, 'legitimate_interest', locale))
  return fields.length === 0 ? [general] : [general, notice.legitimateFields(labelsOf(list, fields, locale))]
}

function obligationText(list: ListSettings, locale: Locale): readonly string[] {
  const { notice } = messages(locale)
  const needed = list.fields.filter((field) => field.required)
  const general = notice.obligation(list.name)
  return needed.length === 0 ? [general] : [general, notice.obligationFields(labelsOf(list, needed, locale))]
}

/** Sentences, then points. */
type Told = readonly [text: readonly string[], points: readonly string[]]

function recipientsText(list: ListSettings, locale: Locale): Told {
  const { notice } = messages(locale)
  if (list.recipients.length === 0) return [[notice.noRecipients(list.controller.name)], []]
  const points = list.recipients.map(({ name, country, role }) =>
    notice.recipient({ name, country: countryName(locale, country), role: unstopped(role) }),
  )
  return [[notice.recipients], points]
}

function transfersText(list: ListSettings, locale: Locale): Told {
  const { notice } = messages(locale)
  const { jurisdiction, contact_email } = list.controller
  const abroad = list.recipients.filter((recipient) => isAbroad(recipient.country, jurisdiction))
  if (abroad.length === 0) return [[notice.noTransfers[areaOf(jurisdiction)]], []]
  const points = abroad.map((recipient) => {
    const about = { name: recipient.name, country: countryName(locale, recipient.country) }
    return recipient.safeguard === null
      ? notice.transferUnsecured(about)
      : notice.transfer({ ...about, safeguard: unstopped(recipient.safeguard) })
  })
  return [[notice.transferCopy(contact_email)], points]
}

function trackingText(list: ListSettings, locale: Locale): readonly string[] {
  const { notice } = messages(locale)
  const asked = list.purposes
    .filter((purpose) => purpose.kind === 'measure')
    .map(({ key }) => notice.quoted(unstopped(titleOf(list, key, locale))))
    .join(', ')
  if (list.tracking === 'individual' && asked !== '') return [notice.trackingIndividual(asked)]
  const mode = list.tracking === 'aggregate' ? notice.tracking.aggregate : notice.tracking.none
  return asked === '' ? [mode] : [mode, notice.trackingLater(asked)]
}

function complaintText(list: ListSettings, locale: Locale): readonly string[] {
  const { notice } = messages(locale)
  const complaint = notice.complaint(unstopped(authorityText(list, locale)))
  return underGdpr(list.controller.jurisdiction) ? [complaint, notice.complaintElsewhere] : [complaint]
}

function basisText(list: ListSettings, basis: LegalBasis, locale: Locale): string {
  const { words, gdpr } = messages(locale).notice.basis[basis]
  return underGdpr(list.controller.jurisdiction) ? `${words} (${gdpr})` : words
}

function titleOf(list: ListSettings, key: string, locale: Locale): string {
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

/** Operators' texts inside built-in sentences lose their full stop, or get exactly one. */
const unstopped = (text: string): string => text.replace(/\.$/, '')
const stopped = (text: string): string => (/[.?!…]$/.test(text) ? text : `${text}.`)
