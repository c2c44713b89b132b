// pure · the notice in English
import { counted } from '../words.ts'
import type { NoticeTexts } from './texts.ts'

const months = (count: number): string => counted('en', count, { one: 'month', other: 'months' })
const years = (count: number): string => counted('en', count, { one: 'year', other: 'years' })
const span = (hours: number): string =>
  hours % 24 === 0
    ? counted('en', hours / 24, { one: 'day', other: 'days' })
    : counted('en', hours, { one: 'hour', other: 'hours' })

export const enNotice: NoticeTexts = {
  quoted: (text) => `“${text}”`,
  titles: {
    controller: 'Who is responsible',
    dpo: 'Data protection officer',
    purposes: 'What is asked, what for, and on what basis',
    legitimate_interests: 'What rests on our own interests',
    obligation: 'What you have to give',
    frequency: 'What you get, and how often',
    recipients: 'Who else receives your data',
    transfers: 'Transfers to other countries',
    storage: 'How long we keep them',
    tracking: 'Measuring',
    double_opt_in: 'Confirmation, and the proof we keep',
    ip_storage: 'Your IP address and browser',
    ledger: 'The consent log, and what stays in it',
    age: 'Age',
    withdrawal: 'How to stop',
    objection: 'Your right to object',
    rights: 'Your rights',
    complaint: 'Complaints',
    automated: 'Automated decisions',
    further_use: 'Other uses',
  },
  short: ({ controller, list }) => [
    `${controller} keeps your address to send you ${list}, until you say stop.`,
    'You can leave at any time, with one click in every email.',
  ],
  shortAge: (age) => `For people aged ${age} or over.`,
  basis: {
    consent: { words: 'your consent', gdpr: 'GDPR Art. 6(1)(a)' },
    contract: { words: 'a contract with you', gdpr: 'GDPR Art. 6(1)(b)' },
    legal_obligation: { words: 'a legal obligation', gdpr: 'GDPR Art. 6(1)(c)' },
    legitimate_interest: { words: 'our legitimate interest', gdpr: 'GDPR Art. 6(1)(f)' },
  },
  controller: ({ name, address, contact }) => [
    `${name}, ${address}, decides why and how your data are used.`,
    `Contact: ${contact}.`,
  ],
  dpo: (address) => `The data protection officer can be reached at ${address}.`,
  noDpo: (contact) =>
    `No data protection officer is named. Questions about your data are answered at ${contact}.`,
  address: (list) => `Your email address is used to send you ${list}.`,
  purpose: ({ title, text, basis }) => `${title}. ${text} Basis: ${basis}.`,
  field: ({ label, purpose, basis, optional }) =>
    `${label} (${optional}): used for “${purpose}”. Basis: ${basis}.`,
  optional: 'optional',
  required: 'required',
  sensitive: 'This is a sensitive detail; give it only if you want us to use it.',
  operations:
    'The data are collected, stored, used for what is said here, and then erased. Nothing else is done with them.',
  legitimateInterests: (basis) =>
    `Two things rest on ${basis}: the form is protected from abuse, and proof of your consent is kept so that we can show you gave it.`,
  legitimateFields: (labels) => `So does the use of these answers: ${labels}.`,
  obligation: (list) =>
    `Nothing obliges you to give any of this. Without an address we cannot send you ${list}. Answers and boxes marked optional may stay empty, and that changes nothing else.`,
  obligationFields: (labels) => `The form also needs: ${labels}.`,
  frequencyUnknown: 'No fixed rhythm is promised.',
  noRecipients: (controller) => `Nobody outside ${controller} receives your data.`,
  recipients: 'These receive data, each for its task only:',
  recipient: ({ name, country, role }) => `${name} (${country}): ${role}.`,
  noTransfers: {
    eea: 'No recipient is outside the European Economic Area.',
    home: 'No recipient is outside the country of the one responsible.',
  },
  transfer: ({ name, country, safeguard }) => `${name} (${country}). Safeguard: ${safeguard}.`,
  transferUnsecured: ({ name, country }) => `${name} (${country}). Ask us about the safeguards.`,
  transferCopy: (contact) =>
    `Data also go to these countries. Copies of the safeguards can be had from ${contact}.`,
  storageActive: (count) =>
    `Your address and your answers: until you leave, or until ${months(count)} have passed without any act of yours.`,
  storageUnconfirmed: (hours) =>
    `If you do not confirm: the link works for ${span(hours)}; within 24 hours after that your data are deleted.`,
  storageEvidence: (count) =>
    `Proof of your consent: ${years(count)} after it ended, to the end of that calendar year. It is encrypted and opened only for a stated reason.`,
  storageDeliveries: (count) => `The record of each email sent to you: ${months(count)}, then totals only.`,
  storageLimits:
    'Fingerprints against abuse of the form: of your network for 48 hours, of your address for 90 days.',
  storageSuppression:
    'If you block or erase your address: a keyed fingerprint of it, for as long as we send newsletters, so that nobody can add it again by mistake.',
  tracking: {
    none: 'We do not measure whether you open an email or click a link. There are no hidden pictures, and links are left as they are.',
    aggregate:
      'Clicks are counted in total only: the link is the same for everyone, so we cannot see who clicked.',
  },
  trackingIndividual: (purposes) =>
    `Only if you agree to it: ${purposes}. For everyone else there is no hidden picture, and links are left as they are.`,
  trackingLater: (purposes) =>
    `Nothing is measured today. Should measuring begin, it will be only for people who agreed to it: ${purposes}.`,
  doubleOptIn: [
    'After you send the form, one message goes to the address you gave. Your subscription begins only when you confirm it there.',
    'As proof we keep: the address as you typed it, the words you were shown, the boxes you ticked, the page the form was on, when you signed up and confirmed and how long those pages were open, and which message you confirmed, with what was reported about its delivery. All of it is encrypted with a key of its own.',
  ],
  ip: {
    none: 'Neither your IP address nor the name of your browser is stored with your consent.',
    truncated:
      'Your IP address, with its last part removed, and the name your browser gives itself are stored with the proof.',
    full: 'Your whole IP address and the name your browser gives itself are stored with the proof.',
  },
  ledger: [
    'Each step (asked, confirmed, ended) is entered in a log that cannot be changed afterwards. An entry holds no name and no address, only a seal made with a key that belongs to your subscription.',
    'When your data are erased, that key is destroyed. The entry stays, but nobody can connect it with you any more. It has to stay so that anyone can check that nothing was altered or left out.',
  ],
  age: (age) =>
    `This list is for people aged ${age} or over. If you are younger, please do not sign up without a parent or guardian.`,
  noAge: 'This list has no age limit.',
  withdrawal: (contact) => [
    `You can withdraw your consent at any time: by the link in every email, or by writing to ${contact}. It takes effect at once.`,
    'What was done before stays lawful. Each consent can be ended on its own.',
  ],
  objection: (contact) =>
    `You can object at any time, without giving a reason, to the use of your data for direct marketing. Write to ${contact} or use the link in any email, and it stops.`,
  rights: (contact) => [
    'You can see your data and get a copy, have them corrected or erased, have their use restricted, receive what you gave us in a form that machines can read, and object to their use.',
    `Write to ${contact}. You get an answer within one month, free of charge.`,
  ],
  complaint: (authority) => `You can complain to the supervisory authority: ${authority}.`,
  complaintUsual: 'the data protection authority of your country',
  complaintElsewhere: 'The authority of the place where you live or work will also hear you.',
  automated: 'No decision with legal or similar effect on you is made by a machine alone.',
  furtherUse:
    'Should we want to use your data for anything else, we tell you before, and ask you where consent is needed.',
}
