// pure · the labels of the list form's controls, for faults and differences shown elsewhere
import { isLocale } from '../../../i18n/locale.ts'
import { languageNames } from '../words.ts'

const labels: Readonly<Record<string, string>> = {
  name: 'Name',
  description: 'Description',
  slug: 'Page address',
  locales: 'Languages',
  default_locale: 'Default language',
  timezone: 'Time zone',
  'sender.name': 'Sender name',
  'sender.email': 'Sender address',
  'sender.reply_to': 'Reply-to address',
  'controller.name': 'Controller',
  'controller.address': 'Postal address',
  'controller.contact_email': 'Privacy contact',
  'controller.dpo_email': 'Data protection officer',
  'controller.authority': 'Supervisory authority',
  'controller.jurisdiction': 'Country',
  'controller.representative': 'Representative in the Union',
  measures: 'Tracking',
  'confirm.mode': 'Confirmation',
  'confirm.ttl_hours': 'Hours to confirm',
  minimum_age: 'Minimum age',
  ip_storage: 'IP address and browser',
  'retention.inactive_months': 'Months of inactivity',
  'retention.evidence_years': 'Years of evidence',
  'retention.deliveries_months': 'Months of delivery records',
  'brand.color': 'Colour',
}

const blocks: Readonly<Record<string, string>> = {
  fields: 'Field',
  purposes: 'Purpose',
  recipients: 'Recipient',
}

const parts: Readonly<Record<string, string>> = {
  key: 'key',
  label: 'label',
  type: 'type',
  options: 'answers',
  purpose: 'purpose',
  legal_basis: 'legal basis',
  required: 'required',
  filterable: 'use in segments',
  sensitive: 'special category data',
  title: 'title',
  text: 'text',
  name: 'name',
  role: 'role',
  country: 'country',
  safeguard: 'safeguard',
}

/** `fields.0.label.pl` is `Field 1, label, Polish`; null for a control without a label. */
export function labelOf(control: string): string | null {
  const [head = '', at = '', part = '', locale = ''] = control.split('.')
  const block = blocks[head]
  if (block === undefined || at === '') return labels[control] ?? null
  return [
    `${block} ${Number(at) + 1}`,
    parts[part] ?? part,
    ...(isLocale(locale) ? [languageNames[locale]] : []),
  ].join(', ')
}
