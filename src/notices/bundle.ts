// view · the notice of a list in one language, with its content hash. GDPR Art. 7(1), 13
import { type Locale, localised } from '../i18n/locale.ts'
import { messages } from '../i18n/messages.ts'
import { type Field, type ListSettings, optionalPurposes, ownPurpose } from '../lists/list.ts'
import type { Processors } from '../lists/processors.ts'
import { base64urlOf } from '../platform/encoding/bytes.ts'
import { canonicalJson, hashOfJson, type Json } from '../platform/encoding/jcs.ts'
import { FormAsShown } from './form-fields.tsx'
import { authorityText, lawName, noticeItems, titleOf } from './items.ts'
import { type NoticeBundle, type NoticeContent, type NoticeControl, newNotice, workflow } from './notice.ts'
import { recipientsIn } from './recipients.ts'
import { addressHashDays, networkHashHours } from './storage.ts'

/**
 * Everything that a visitor of the form is shown in this language. Equal settings make equal bundles, except for country
 * names, which come from the runtime's Intl data.
 */
export function noticeBundle(
  list: ListSettings & { readonly id: string },
  locale: Locale,
  processors: Processors,
): NoticeBundle {
  const content = noticeContent(list, locale, processors)
  const html = String(FormAsShown({ notice: content }))
  return newNotice(JSON.parse(canonicalJson({ ...content, form: { ...content.form, html } })))
}

/** base64url of SHA-256 of the canonical form: the notice's address, and its reference in events. */
export const noticeHash = (bundle: Json): string => base64urlOf(hashOfJson(bundle))

function noticeContent(
  list: ListSettings & { readonly id: string },
  locale: Locale,
  processors: Processors,
): NoticeContent {
  const text = (of: Field['label']): string => localised(of, locale, list.default_locale)
  const { name, address, contact_email, dpo_email, jurisdiction, representative } = list.controller
  return {
    v: 2,
    workflow,
    lang: locale,
    list: { id: list.id, name: list.name, description: list.description },
    controller: { name, address, contact_email, dpo_email, jurisdiction, representative },
    authority: authorityText(list, locale),
    purposes: list.purposes.map((purpose) => ({
      key: purpose.key,
      kind: purpose.kind,
      title: text(purpose.title),
      text: text(purpose.text),
      legal_basis: 'consent',
      optional: purpose.key !== ownPurpose,
    })),
    fields: list.fields.map((field) => ({
      key: field.key,
      type: field.type,
      label: text(field.label),
      purpose: field.purpose,
      legal_basis: field.legal_basis,
      optional: !field.required,
      sensitive: field.sensitive,
      options: field.options.map((option) => ({ value: option.value, label: text(option.label) })),
    })),
    items: noticeItems(list, locale, processors),
    recipients: recipientsIn(list, locale, processors).map((recipient) => ({ ...recipient })),
    recipients_unknown: [...processors.unanswered],
    retention: {
      confirmation_hours: list.confirm.ttl_hours,
      network_hash_hours: networkHashHours,
      address_hash_days: addressHashDays,
    },
    rights: ['access', 'rectification', 'erasure', 'restriction', 'portability', 'objection', 'complaint'],
    withdrawal: ['one_click', 'link', 'preferences', 'contact'],
    tracking: list.tracking,
    ip_storage: list.ip_storage,
    minimum_age: list.minimum_age,
    confirm: list.confirm.mode,
    form: formOf(list, locale),
  }
}

function formOf(list: ListSettings, locale: Locale): NoticeContent['form'] {
  const { signup, notice } = messages(locale)
  const short = notice.short({ controller: list.controller.name, list: list.name })
  return {
    heading: list.name,
    promise: list.description,
    controls: controlsOf(list, locale),
    short_notice: list.minimum_age === 0 ? [...short] : [...short, notice.shortAge(list.minimum_age)],
    details: signup.details,
    submit: signup.submit,
  }
}

function controlsOf(list: ListSettings, locale: Locale): NoticeControl[] {
  const { page, signup } = messages(locale)
  const text = (of: Field['label']): string => localised(of, locale, list.default_locale)
  const email: NoticeControl = { ...plain, name: 'email', type: 'email', label: signup.email, required: true }
  const fields = list.fields.map((field): NoticeControl => {
    const about = {
      ...plain,
      name: field.key,
      label: text(field.label),
      mark: field.required ? null : page.optional,
      required: field.required,
      hint: field.sensitive
        ? messages(locale).notice.sensitiveHint(titleOf(list, field.purpose, locale), lawName(list, locale))
        : null,
    }
    if (field.type === 'boolean') return { ...about, type: 'checkbox', value: 'true', default: false }
    if (field.type !== 'choice') return { ...about, type: field.type }
    const choices = field.options.map((option) => ({ value: option.value, label: text(option.label) }))
    return { ...about, type: 'select', options: [{ value: '', label: page.choose }, ...choices] }
  })
  const boxes = optionalPurposes(list).map(
    (purpose): NoticeControl => ({
      ...plain,
      name: 'purpose',
      type: 'checkbox',
      value: purpose.key,
      label: text(purpose.title),
      mark: page.optional,
      hint: text(purpose.text),
      default: false,
    }),
  )
  return [email, ...fields, ...boxes]
}

const plain = {
  type: 'text',
  value: null,
  mark: null,
  hint: null,
  required: false,
  default: '',
  options: [],
} satisfies Partial<NoticeControl>
