// pure · what each control of the form of a list is called, where a fault or a difference is told apart from it
import { isLocale } from '../../../i18n/locale.ts'
import { languageNames } from '../words.ts'

const labels: Readonly<Record<string, string>> = {
  name: 'Name',
  description: 'Promise',
  slug: 'Address of the page',
  locales: 'Languages',
  default_locale: 'Language shown by default',
  'sender.name': 'Name in the inbox',
  'sender.email': 'Address it comes from',
  'sender.reply_to': 'Where replies go',
  'controller.name': 'Who answers for it',
  'controller.address': 'Postal address',
  'controller.contact_email': 'Address for questions about data',
  'controller.dpo_email': 'Data protection officer',
  'controller.authority': 'Supervisory authority',
  'controller.jurisdiction': 'Country',
  measures: 'Measuring',
  'confirm.mode': 'How people confirm',
  'confirm.ttl_hours': 'Hours to confirm',
  minimum_age: 'Minimum age',
  ip_storage: 'IP address and browser',
  'retention.inactive_months': 'Months without a sign of life',
  'retention.evidence_years': 'Years the evidence stays',
  'retention.deliveries_months': 'Months of deliveries',
  'brand.color': 'Colour',
}

const blocks: Readonly<Record<string, string>> = { fields: 'Field', purposes: 'Box', recipients: 'Recipient' }

const parts: Readonly<Record<string, string>> = {
  key: 'short name',
  label: 'label',
  type: 'type',
  options: 'answers',
  purpose: 'purpose',
  legal_basis: 'legal ground',
  required: 'required',
  filterable: 'to pick people by',
  sensitive: 'sensitive',
  title: 'title',
  text: 'text',
  name: 'name',
  role: 'what for',
  country: 'country',
  safeguard: 'safeguard',
}

/** `fields.0.label.pl` is `Field 1, label, Polish`; null for what has no name of its own. */
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
