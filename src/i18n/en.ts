// pure · the catalogue in English
import type { Catalogue } from './catalogue.ts'
import { enNotice } from './notice/en.ts'
import { ended, named, quoted } from './typography/marks.ts'
import { counted, waited } from './words.ts'

const n = (name: string): string => named('en', name)
const q = (label: string): string => quoted('en', label)
const wait = (minutes: number): string =>
  waited('en', minutes, {
    minute: { one: 'minute', other: 'minutes' },
    hour: { one: 'hour', other: 'hours' },
  })

export const en: Catalogue = {
  language: 'English',
  page: {
    languages: 'Language',
    privacy: 'Privacy',
    skip: 'Skip to the content',
    optional: 'optional',
    choose: 'Choose',
    errorMark: 'Please check',
    whatToMend: 'Not sent yet. What you typed is still here.',
    openAgain: 'Open the page again',
    start: 'To the start page',
    reference: (id) => `If you write to us about this, give this reference: ${id}`,
    trial: 'This is a trial installation: no email is sent to anybody.',
    mailbox: 'Open the mailbox with what would have been sent',
  },
  signup: {
    title: (list) => `Subscribe to ${n(list)}`,
    email: 'Email address',
    submit: 'Subscribe',
    details: 'Everything about your data',
    also: 'Something else you might like',
    alsoHint: 'One message confirms everything you tick.',
    honeypot: 'Leave this field empty',
    didYouMean: (address) => `Did you mean ${address}?`,
    notFound: {
      title: 'There is no such list',
      text: 'The address of this page may be misspelled, or the list is closed. No sign-ups are taken here.',
    },
  },
  sent: {
    title: 'Check your inbox',
    text: 'If this address works, you will soon find a message from us. It says how to finish; until then, nothing else is sent.',
    from: (sender) => `The message comes from ${sender}.`,
    subject: 'Unless you are subscribed already, its subject is:',
    otherwise: 'No message?',
    spam: 'Look in the spam folder.',
    wait: 'Wait a few minutes: some mail servers take their time.',
    repeat: ({ second, third }) =>
      `Still nothing? Send the form again after ${wait(second)} for a second message, and after ${wait(third)} for a third, the last of the day. Only the newest counts.`,
    spelling: 'Check that the address is spelled correctly.',
    slip: (typed, meant) =>
      `You typed an address at ${typed}. If you meant ${meant}, correct it in the form.`,
    again: 'Back to the form',
  },
  confirm: {
    title: 'Confirm your subscription',
    heading: (list) => `Do you want ${n(list)}?`,
    headingOfMany: 'Do you want these newsletters?',
    asked: (controller, when) =>
      `On ${when}, your address was entered in a form of ${ended(controller)} This is what was asked for:`,
    agree: 'What you agree to',
    untick: 'Untick what you do not want before you confirm.',
    notice: 'Everything about your data',
    withdraw: 'You can unsubscribe at any time with the link in any email.',
    until: (when) => `You can confirm until ${when}.`,
    yes: (list) => `Yes, send me ${n(list)}`,
    yesToMany: 'Yes, send me these',
    codeLabel: 'Code from the message',
    codeHint: 'Six digits.',
    notMe: 'This was not me',
    notMeText:
      'Then you need do nothing: without your yes, nothing is sent. If you refuse, the request is closed at once.',
    block: 'Block further sign-ups with this address',
    blockHint: (host) =>
      `No form at ${host} will then send you a message like this, whichever newsletter it is for.`,
    refuse: 'Refuse',
  },
  confirmed: {
    title: 'Confirmed',
    heading: 'Thank you. It is done.',
    text: (names) => `You are subscribed to ${names}.`,
    next: 'What comes next',
    from: (sender) => `The next email comes from ${sender}.`,
    leave: 'Every email has a link to unsubscribe.',
    choices: 'See or change what you agreed to',
    proof: 'Proof of your consent',
    proofText:
      'This is a hash of the log entry that records your consent. It holds neither your name nor your address. Keep it if you like.',
  },
  already: {
    title: 'Already confirmed',
    text: (names, count) =>
      `Your ${count === 1 ? 'subscription' : 'subscriptions'} to ${names} ${count === 1 ? 'is' : 'are'} already confirmed.`,
    rest: 'Nothing more is needed, and nothing was changed.',
  },
  refused: {
    title: 'The request is closed',
    text: 'We have recorded that you did not want this. Nothing will be sent because of this request.',
    blocked: (host) =>
      `From now on, no form at ${host} sends a confirmation message to your address, whichever newsletter it is for.`,
    unblock: (contact) => `If you change your mind, write to ${contact}.`,
  },
  expired: {
    title: 'This link has expired',
    text: (when) => `It worked until ${ended(when)} The request was not confirmed.`,
    again: 'If you still want to subscribe, fill in the form again and a new message comes.',
  },
  replaced: {
    title: 'There is a newer message',
    text: 'A newer request has taken the place of this one. Open the link in the newest message; this one can no longer be used.',
  },
  left: {
    title: 'This link can no longer be used',
    text: 'The request was ended before it was confirmed. You are not subscribed, and nothing will be sent.',
  },
  unknownLink: {
    title: 'This link does not work',
    text: 'It may have been cut short on its way. Open it again from the message, or copy it in full.',
    rest: 'Nothing was changed.',
  },
  signUpAgain: (list) => `Go to the form for ${n(list)}`,
  unsubscribe: {
    title: (list) => `Unsubscribe from ${n(list)}?`,
    text: 'You will get no more emails from this list. It takes effect at once.',
    button: 'Yes, unsubscribe',
    done: 'Done',
    doneText: (list) => `You will not get ${n(list)} any more.`,
    underway: 'An email that was already on its way may still arrive.',
    mistake: 'Was that a mistake? You can sign up again.',
    nothing: 'There is nothing to unsubscribe from',
    nothingText: (list) => `You are not subscribed to ${n(list)}.`,
  },
  preferences: {
    title: (list) => `Your choices for ${n(list)}`,
    text: 'Untick what you no longer agree to. It takes effect at once.',
    private: 'Nothing can be added here, and the page shows none of your data: links can be forwarded.',
    legend: 'You agreed to',
    onlyMail: 'Without this, you get no emails from this list.',
    noMail: 'If you untick every kind of email, you get no emails from this list.',
    restEnds: 'The rest of what you agreed to here then ends too.',
    submit: 'Save',
    none: (list) => `You have no consent in force for ${n(list)}, and get nothing from it.`,
    saved: 'Saved',
    unchanged: 'Nothing was changed.',
    ended: 'Just withdrawn',
    kept: 'Still in force',
    allEnded: (list) => `You will not get ${n(list)} any more.`,
    back: 'Back to your choices',
  },
  noticePage: {
    title: (list) => `${n(list)}: how your data are used`,
    intro: (language) =>
      `The notice exactly as it is shown at sign-up, in ${language}. This version never changes; a new text gets an address of its own.`,
    fingerprint: 'Hash of this notice (SHA-256)',
    text: 'The notice',
    form: 'The form',
    formHint: 'As it looked before anything was typed. It cannot be sent from here.',
  },
  errors: {
    400: {
      title: 'This could not be read',
      text: 'What was sent arrived damaged. Nothing was changed. Go back and try again.',
    },
    404: { title: 'There is no such page', text: 'The address may be misspelled, or the page has moved.' },
    405: {
      title: 'That is not possible here',
      text: 'This page does not take that kind of request. Nothing was changed.',
    },
    413: {
      title: 'That was too much',
      text: 'More was sent than this page accepts. Nothing was stored. Shorten what you typed and try again.',
    },
    415: {
      title: 'This form cannot be read',
      text: 'It arrived in a format this page does not know. Nothing was stored.',
    },
    422: {
      title: 'Something needs to be checked',
      text: 'This page cannot accept what was sent. Nothing was changed. Go back and try again.',
    },
    429: {
      title: 'Too many requests',
      text: 'This one was not taken, and nothing was stored. Try again later.',
    },
    500: {
      title: 'Something went wrong on our side',
      text: 'The error was recorded and will be looked at. Try again in a moment.',
    },
    503: {
      title: 'Not available just now',
      text: 'The service is restarting or overloaded. Try again in a moment.',
    },
  },
  formErrors: {
    address_missing: () => 'Enter your email address.',
    address_invalid: () => 'This does not look like an email address. It should look like name@example.com.',
    address_too_long: () => 'This address is longer than an email address can be. Check for extra text.',
    address_control: () =>
      'The address holds a character that cannot be seen. Type it again instead of pasting it.',
    address_dots: () => 'The address has two dots in a row, or a dot where none can be.',
    address_role: () => 'This is a general address, not a personal one. Use one of your own.',
    address_quoted: () => 'Addresses in quotation marks are not accepted here.',
    address_domain: () => 'Check the part after the @. Is there a comma instead of a dot?',
    address_smtputf8: () =>
      'We cannot send to this address: accented letters and other alphabets do not work here before the @. Use another address if you have one.',
    field_required: ({ label }) => `${q(label)} is needed.`,
    number_invalid: ({ label }) => `${q(label)} must be a number.`,
    date_invalid: ({ label }) => `${q(label)} must be a date that exists, such as 2026-05-03.`,
    choice_invalid: ({ label }) => `Choose one of the answers offered for ${q(label)}.`,
    text_too_long: ({ label, limit }) =>
      `${q(label)} can hold at most ${counted('en', limit, { one: 'character', other: 'characters' })}.`,
    field_unknown: ({ label }) => `There is no field ${q(label)} here.`,
    purpose_unknown: () =>
      'One of the boxes is no longer offered. Check what is ticked and send the form again.',
    list_unknown: () =>
      'One of the lists is no longer offered. Check what is ticked and send the form again.',
    locale_unknown: () => 'This form is not available in that language.',
    network_limit: ({ limit }) =>
      `Very many sign-ups have come from your network, and yours was not taken. Try again in ${wait(limit)}.`,
    line_full: () => 'Very many sign-ups are waiting just now, and yours was not taken. Try again later.',
    too_large: () => 'More was sent than this form accepts. Shorten your answers.',
    malformed: () => 'The form arrived damaged. Reload the page and try again.',
    encoding: () =>
      'The page you came from sends its form in an encoding that cannot be read here, so letters would be lost. Fill in the form below instead.',
    code_missing: () => 'Enter the six digits from the message.',
    code_wrong: ({ limit }) =>
      `That is not the code from the message. You have ${counted('en', limit, { one: 'try', other: 'tries' })} left.`,
    code_used_up: () =>
      'A wrong code was entered too often, so this link no longer works. Fill in the form again for a new one.',
    page_expired: () => 'Press the button once more, please. Nothing was changed yet.',
  },
  mail: {
    contact: (contact) => `Contact: ${contact}`,
    dpo: ({ address }) => `Data protection officer: ${address}`,
    confirmation: {
      subject: (list) => `Confirm your subscription to ${n(list)}`,
      subjectOfMany: (controller) => `Confirm your subscriptions with ${controller}`,
      heading: (list) => `Did you ask for ${n(list)}?`,
      headingOfMany: 'Did you ask for these newsletters?',
      asked: (controller, when) =>
        `On ${when}, this address was entered in a form of ${ended(controller)} This is what was asked for:`,
      confirm: 'If it was you, confirm it. Until you do, nothing else is sent.',
      button: 'Confirm',
      code: 'Your code',
      codeHint: 'Enter it on the page that the link opens.',
      expires: (when) => `The link works until ${when}. If it is not used, the request ends by itself.`,
      notYou: 'If it was not you, you need do nothing. To refuse, or to block further sign-ups:',
      refuse: 'This was not me',
      notice: (list) => `How your data are used for ${n(list)}:`,
      fallback: 'The link to confirm, to paste into your browser:',
    },
    already: {
      subject: (list) => `You are already subscribed to ${n(list)}`,
      heading: 'You are already subscribed',
      text: (list, when) =>
        `On ${when}, this address was entered in the form for ${n(list)}. It is subscribed already, so nothing was changed.`,
      rest: 'You need do nothing, whether it was you or not.',
      button: 'See your choices',
      leave: 'To unsubscribe:',
    },
  },
  footer: {
    why: (list, date) => `You get ${n(list)} because you agreed to it on ${ended(date)}`,
    whyUndated: (list) => `You get this because you are subscribed to ${n(list)}.`,
    whyPurpose: (purpose, list, date) =>
      `You get this email because on ${date} you agreed to ${q(purpose)} (${n(list)}).`,
    whyPurposeUndated: (purpose, list) =>
      `You get this email because you agreed to ${q(purpose)} (${n(list)}).`,
    contact: (address) => `Contact: ${address}`,
    leave: 'Unsubscribe',
    preferences: 'Your choices',
  },
  testMark: '[Test]',
  purposes: {
    newsletter: {
      title: 'The newsletter by email',
      text: 'We send you the newsletter. It may contain advertising.',
    },
    opens: {
      title: 'I agree that you measure whether I open the emails, so that they get better',
      text: 'A small picture tells us that an email was opened. Without your yes, there is no such picture.',
    },
    clicks: {
      title: 'I agree that you measure which links I click, so that the emails get better',
      text: 'Links lead through our server, so that we see which of them you open. Without your yes, links are left as they are.',
    },
  },
  notice: enNotice,
}
