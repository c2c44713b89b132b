// pure · the notice in English
import { quoted } from '../typography/marks.ts'
import { counted } from '../words.ts'
import type { NoticeTexts } from './texts.ts'

const span = (hours: number): string =>
  hours % 24 === 0
    ? counted('en', hours / 24, { one: 'day', other: 'days' })
    : counted('en', hours, { one: 'hour', other: 'hours' })

const inLaw = (law: string | null): string => (law === null ? '' : ` (Art. 9 ${law})`)

export const enNotice: NoticeTexts = {
  quoted: (text) => quoted('en', text),
  titles: {
    controller: 'Who is responsible',
    dpo: 'Data protection officer',
    purposes: 'What we ask for, why, and on what legal basis',
    legitimate_interests: 'What we do on the basis of our legitimate interest',
    obligation: 'What you have to give',
    frequency: 'What you get, and how often',
    recipients: 'Who else receives your data',
    transfers: 'Transfers to other countries',
    storage: 'How long we keep your data',
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
  laws: { eu: 'GDPR', uk: 'UK GDPR' },
  short: ({ controller, list }) => [
    `By subscribing you agree that ${controller} sends you ${list} by email, which may contain advertising.`,
    'You can leave at any time, with one click in every email.',
  ],
  shortAge: (age) => `For people aged ${age} or over.`,
  basis: {
    consent: { words: 'your consent', article: (law) => `${law} Art. 6(1)(a)` },
    explicit_consent: {
      words: 'your explicit consent',
      article: (law) => `${law} Art. 6(1)(a) and Art. 9(2)(a)`,
    },
    contract: { words: 'a contract with you', article: (law) => `${law} Art. 6(1)(b)` },
    legal_obligation: { words: 'a legal obligation', article: (law) => `${law} Art. 6(1)(c)` },
    legitimate_interest: { words: 'our legitimate interest', article: (law) => `${law} Art. 6(1)(f)` },
  },
  controller: ({ name, address, contact }) => [
    `${name}, ${address}, is the controller: it decides why and how your data are used.`,
    `Contact: ${contact}.`,
  ],
  representative: (who) => `Representative in the European Union (GDPR Art. 27): ${who}.`,
  dpo: (address) => `The data protection officer can be reached at ${address}.`,
  noDpo: (contact) =>
    `No data protection officer has been appointed. Questions about your data are answered at ${contact}.`,
  address: (list) => `Your email address is used to send you ${list}.`,
  purpose: ({ title, text, basis }) => `${title}. ${text} Legal basis: ${basis}.`,
  field: ({ label, purpose, basis, optional }) =>
    `${label} (${optional}): used for ${quoted('en', purpose)}. Legal basis: ${basis}.`,
  optional: 'optional',
  required: 'required',
  sensitive: (law) =>
    `This is special category data${inLaw(law)}; give it only if you want us to use it. Your answer is your explicit consent.`,
  sensitiveHint: (purpose, law) =>
    `Special category data${inLaw(law)}. By answering you explicitly consent to its use for ${quoted('en', purpose)}.`,
  operations:
    'The data are collected, stored and used for what is said here. They are passed only to the recipients described below.',
  legitimateInterests: (basis) => `On the basis of ${basis} we do the following:`,
  interests: [
    'We protect the form from abuse, by counting the sign-ups from each network and for each address.',
    'We keep the proof of your consent, so that we can show you gave it.',
    'We keep a record of each email sent to you and of what was reported of its delivery, so that we can show what you were sent and find faults.',
    'We keep a keyed hash of addresses that must not be mailed, so that nothing is sent there.',
  ],
  legitimateFields: (labels) => `We use these answers: ${labels}.`,
  obligation: (list) =>
    `Nothing obliges you to give any of this. Without an address we cannot send you ${list}. Answers and boxes marked optional may stay empty, and that changes nothing else.`,
  obligationFields: (labels) => `The form also needs: ${labels}.`,
  frequencyUnknown: 'We do not promise how often it comes.',
  noRecipients: (controller) => `Nobody outside ${controller} receives your data.`,
  recipients: 'These receive data, each for its task only:',
  recipient: ({ name, country, role }) => `${name}${country === null ? '' : ` (${country})`}: ${role}.`,
  roles: { hosting: 'hosts this service and its data', mail: 'delivers the emails' },
  safeguards: {
    adequacy: 'an adequacy decision of the European Commission',
    standard_clauses: 'standard contractual clauses',
    binding_rules: 'binding corporate rules',
    data_privacy_framework: 'the EU-US Data Privacy Framework (an adequacy decision)',
  },
  recipientsUnknown: (contact) =>
    `Write to ${contact} to learn which company hosts this service, which one delivers its mail, and in which country.`,
  noTransfers: {
    eea: 'No recipient is outside the European Economic Area.',
    home: 'No recipient is outside the controller’s country.',
  },
  transfer: ({ name, country, safeguard }) => `${name} (${country}). Safeguard: ${safeguard}.`,
  transferUnsecured: ({ name, country }) => `${name} (${country}). Ask us about the safeguards.`,
  transferCopy: (contact) => `You can get copies of the safeguards from ${contact}. Data also go to:`,
  transfersUnknown: (contact) =>
    `Write to ${contact} to learn whether your data go to a country that is not named here.`,
  storageKept: (contact) =>
    `Your address, your answers and your choices: for as long as you are subscribed. Afterwards we keep them, with the proof of your consent and the record of the emails sent to you, for as long as we need them to show that you agreed and when you stopped. No fixed date is set; write to ${contact} to ask for earlier erasure.`,
  storageProof:
    'The proof of your consent is encrypted. To read all of it, a reason must be given, which is recorded.',
  storageUnconfirmed: (hours) =>
    `If you do not confirm: the link works for ${span(hours)}, then your answers are deleted. Your address stays, with the record that it was entered and not confirmed, so that we can answer questions about it.`,
  storageLimits: (networkHours, addressDays) =>
    `Keyed hashes against abuse of the form: of your network for ${counted('en', networkHours, { one: 'hour', other: 'hours' })}, of your address for ${counted('en', addressDays, { one: 'day', other: 'days' })}.`,
  storageSuppression:
    'If you block your address, if you report an email as spam or if no mail can reach you: a keyed hash of the address, until the block is lifted, so that nothing is sent there by mistake.',
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
    'As proof we keep: the address as you typed it, the words you were shown, the boxes you ticked, the page the form was on as far as we know it, when you signed up and confirmed and how long those pages were open, and which message you confirmed, with what was reported about its delivery. All of it is encrypted with a key of its own.',
  ],
  ip: {
    none: 'Neither your IP address nor the name of your browser is stored with your consent.',
    truncated:
      'Your IP address, with its last part removed, and the name your browser gives itself are stored with the proof.',
    full: 'Your whole IP address and the name your browser gives itself are stored with the proof.',
  },
  ledger: [
    'Each step (asked, confirmed, ended) is entered in a log whose entries cannot be changed afterwards. An entry holds no name and no address, only a commitment: a keyed hash, made with a key that belongs to your subscription.',
    'Each entry builds on the one before, so that a changed or missing one shows. Entries therefore stay, also when other data about you are erased.',
  ],
  age: (age) =>
    `This list is for people aged ${age} or over. If you are younger, please do not sign up without the consent of a parent or guardian.`,
  noAge: 'This list has no age limit.',
  withdrawal: (contact) => [
    `You can withdraw your consent at any time: by the link in every email, or by writing to ${contact}. The link takes effect at once.`,
    'This does not affect the lawfulness of what was done before. Each consent can be ended on its own.',
  ],
  objection: (contact) => [
    `You can object at any time, without giving a reason, to the use of your data for direct marketing. Write to ${contact} or use the link in any email, and it stops.`,
    'For reasons that arise from your situation you can also object to what we do on the basis of our legitimate interest.',
  ],
  rights: (contact) => [
    'You can see your data and get a copy, have them corrected or erased, have their use restricted, receive what you gave us in a machine-readable form, and object to their use.',
    `Write to ${contact}. You get an answer within one month, free of charge.`,
  ],
  complaint: (authority) => `You can complain to the supervisory authority: ${authority}.`,
  complaintUsual: 'the data protection authority of your country',
  complaintElsewhere: 'You can also complain where you live or work, or where the breach happened.',
  automated:
    'No decision with legal or similarly significant effects on you is made solely by automated means.',
  furtherUse:
    'Should we want to use your data for anything else, we tell you before, and ask you where consent is needed.',
}
