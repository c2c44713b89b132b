// pure · the catalogue in English
import type { Catalogue } from './catalogue.ts'
import { enNotice } from './notice/en.ts'
import { counted, inMinutes } from './words.ts'

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
    reference: (id) => `If you write to us about this, give this reference: ${id}`,
  },
  signup: {
    title: (list) => `Subscribe to ${list}`,
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
    text: 'If this address can receive mail, you will find a message from us within a minute. It says how to finish; until then, nothing else is sent.',
    otherwise: 'No message?',
    spam: 'Look in the spam folder.',
    wait: 'Wait a few minutes: some mail servers take their time.',
    repeat:
      'Still nothing? Five minutes later the form sends a new message, and an hour after that a last one for the day. Only the newest counts.',
    spelling: 'Check that the address was spelled correctly.',
    slip: (typed, meant) =>
      `You typed an address at ${typed}. If you meant ${meant}, correct it in the form.`,
    again: 'Back to the form',
  },
  confirm: {
    title: 'Confirm your subscription',
    heading: (list) => `Do you want ${list}?`,
    headingOfMany: 'Do you want these?',
    asked: (controller, when) =>
      `On ${when}, your address was entered in a form of ${controller}. This is what was asked for:`,
    agree: 'What you agree to',
    notice: 'Everything about your data',
    withdraw: 'You can stop at any time, with one click in every email.',
    until: (when) => `This page can be used until ${when}.`,
    yes: (list) => `Yes, send me ${list}`,
    yesToMany: 'Yes, send me these',
    codeLabel: 'Code from the message',
    codeHint: 'Six digits.',
    notMe: 'This was not me',
    notMeText:
      'Then you need do nothing: without your yes, nothing is sent. If you refuse, the request is closed at once.',
    block: 'Do not let anyone ask for this address again',
    blockHint: (controller) => `No form of ${controller} will then send a message like this to you.`,
    refuse: 'Refuse',
  },
  confirmed: {
    title: 'Confirmed',
    heading: 'Thank you. It is done.',
    text: (list) => `You are subscribed to ${list}.`,
    next: 'What comes next',
    from: (sender) => `The next email comes from ${sender}.`,
    leave: 'Every email has a link to stop. It works with one click.',
    choices: 'See or change what you agreed to',
    proof: 'Proof of your consent',
    whatIsThis: 'What is this?',
    proofText:
      'The fingerprint of the entry that records your consent. It holds neither your name nor your address. Keep it if you like: with it, anyone can check later that the entry was not changed or removed.',
  },
  already: {
    title: 'Already confirmed',
    text: (list) => `You confirmed ${list} before.`,
    rest: 'Nothing more is needed, and nothing was changed.',
  },
  refused: {
    title: 'The request is closed',
    text: 'It was recorded that you did not want this. Nothing will be sent because of it.',
    blocked: (controller) =>
      `From now on, no form of ${controller} sends a confirmation message to your address.`,
    unblock: (contact) => `If you change your mind, write to ${contact}.`,
  },
  expired: {
    title: 'This link has expired',
    text: (when) => `It worked until ${when}. You were not subscribed.`,
    again: 'If you still want it, fill in the form again and a new message comes.',
  },
  replaced: {
    title: 'There is a newer message',
    text: 'A newer request has taken the place of this one. Open the link in the newest message; this one no longer confirms anything.',
  },
  left: {
    title: 'This link no longer confirms anything',
    text: 'The request was ended before it was confirmed. You are not subscribed, and nothing will be sent.',
  },
  unknownLink: {
    title: 'This link does not work',
    text: 'It may have been cut in two on its way. Open it again from the message, or copy it in full.',
    rest: 'Nothing was changed.',
  },
  signUpAgain: (list) => `To the form for ${list}`,
  unsubscribe: {
    title: (list) => `Stop ${list}?`,
    text: 'You will get no more emails from this list. It takes effect at once.',
    button: 'Yes, stop',
    done: 'Done',
    doneText: (list) => `You will get no more ${list}.`,
    underway: 'An email that was already on its way may still arrive.',
    mistake: 'Was that a mistake? You can sign up again.',
    nothing: 'There is nothing to stop',
    nothingText: (list) => `You are not subscribed to ${list}.`,
  },
  preferences: {
    title: (list) => `Your choices for ${list}`,
    text: 'This is what you agreed to. Untick what should end; it ends at once.',
    private: 'Nothing can be added here, and the page shows none of your data: links can be forwarded.',
    legend: 'You agreed to',
    onlyMail: 'Without this, you get no emails from this list.',
    noMail: 'If you untick every kind of email, you get no emails from this list.',
    restEnds: 'The rest of what you agreed to here then ends too.',
    submit: 'Save',
    none: (list) => `You have no consent in force for ${list}, and get nothing from it.`,
    saved: 'Saved',
    unchanged: 'Nothing was changed.',
    ended: 'Ended just now',
    kept: 'Still in force',
    allEnded: (list) => `You will get no more ${list}.`,
    back: 'Back to your choices',
  },
  noticePage: {
    title: (list) => `${list}: what you were told`,
    intro: (language) =>
      `This is the notice, word for word, as people saw it in ${language} when they signed up. It never changes; a new text gets an address of its own.`,
    fingerprint: 'Fingerprint of this notice (SHA-256)',
    text: 'The notice',
    form: 'The form',
    formHint: 'As it looked before anything was typed. It cannot be sent from here.',
  },
  errors: {
    400: {
      title: 'This could not be read',
      text: 'Something in the request was garbled. Nothing was changed. Go back and try again.',
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
      title: 'Something needs another look',
      text: 'What was sent does not fit this page. Nothing was changed. Go back and try again.',
    },
    429: {
      title: 'One moment, please',
      text: 'Too many requests came at once. Nothing was stored. Try again later.',
    },
    500: {
      title: 'Something broke on our side',
      text: 'It was recorded and will be looked at. Try again in a moment.',
    },
    503: {
      title: 'Not available just now',
      text: 'The service is restarting or overloaded. Try again in a minute.',
    },
  },
  formErrors: {
    address_missing: () => 'Enter your email address.',
    address_invalid: () => 'This does not look like an email address. It should look like name@example.com.',
    address_too_long: () => 'This address is longer than an email address can be. Check for a word too many.',
    address_control: () =>
      'The address holds a character that cannot be seen. Type it anew instead of pasting it.',
    address_dots: () => 'The address has two dots in a row, or a dot where none can be.',
    address_role: () => 'This address belongs to a function, not a person. Use one of your own.',
    address_quoted: () => 'Addresses in quotation marks are not accepted here.',
    address_domain: () => 'What follows the @ is not a domain that can receive mail. Check its spelling.',
    address_smtputf8: () =>
      'We cannot send to this address: before the @, only letters a to z work here. Use another if you have one.',
    field_required: ({ label }) => `“${label}” is needed.`,
    number_invalid: ({ label }) => `“${label}” must be a number.`,
    date_invalid: ({ label }) => `“${label}” must be a date that exists, such as 2026-05-03.`,
    choice_invalid: ({ label }) => `Choose one of the answers offered for “${label}”.`,
    text_too_long: ({ label, limit }) =>
      `“${label}” can hold at most ${counted('en', limit, { one: 'character', other: 'characters' })}.`,
    field_unknown: ({ label }) => `There is no field “${label}” here.`,
    purpose_unknown: () =>
      'One of the boxes is no longer offered. Check what is ticked and send the form again.',
    list_unknown: () =>
      'One of the lists is no longer offered. Check what is ticked and send the form again.',
    locale_unknown: () => 'This form is not available in that language.',
    network_limit: ({ limit }) =>
      `Very many sign-ups have come from your network, and yours was not taken. Try again in ${counted('en', ...inMinutes(limit, { one: 'minute', other: 'minutes' }, { one: 'hour', other: 'hours' }))}.`,
    line_full: () => 'Very many sign-ups are waiting just now, and yours was not taken. Try again later.',
    too_large: () => 'More was sent than this form accepts. Shorten your answers.',
    malformed: () => 'The form arrived garbled. Reload the page and try again.',
    encoding: () =>
      'The page you came from sends its form in an encoding that cannot be read here, so letters would be lost. Fill in the form below instead.',
    code_missing: () => 'Enter the six digits from the message.',
    code_wrong: ({ limit }) =>
      `That is not the code from the message. You have ${counted('en', limit, { one: 'try', other: 'tries' })} left.`,
    code_used_up: () =>
      'The code was wrong too often, so this link is closed. Fill in the form again for a new one.',
    page_expired: () => 'Press the button once more, please. Nothing was changed yet.',
  },
  mail: {
    contact: (contact) => `Contact: ${contact}`,
    dpo: (address) => `Data protection officer: ${address}`,
    confirmation: {
      subject: (list) => `Confirm your subscription to ${list}`,
      subjectOfMany: (controller) => `Confirm your subscriptions with ${controller}`,
      heading: 'Did you ask for this?',
      asked: (controller, when) =>
        `On ${when}, this address was entered in a form of ${controller}. This is what was asked for:`,
      confirm: 'If it was you, confirm it. Until you do, nothing else is sent.',
      button: 'Confirm',
      code: 'Your code',
      codeHint: 'Enter it on the page that the link opens.',
      expires: (when) => `The link works until ${when}. If it is not used, the address is deleted.`,
      notYou: 'Was it not you? Then do nothing. To refuse, or to block further requests:',
      refuse: 'This was not me',
      notice: (list) => `How your data are used for ${list}:`,
      fallback: 'If the button does not work, copy this address into your browser:',
    },
    already: {
      subject: (list) => `You are already subscribed to ${list}`,
      heading: 'You are already subscribed',
      text: (list, when) =>
        `On ${when}, this address was entered in the form for ${list}. It is subscribed already, so nothing was changed.`,
      rest: 'If it was you, there is nothing to do. If it was not, there is nothing to do either.',
      button: 'See your choices',
      leave: 'To stop:',
    },
  },
  footer: {
    why: (list, date) => `You get ${list} because you agreed to it. You agreed on ${date}.`,
    whyUndated: (list) => `You get this because you are subscribed to ${list}.`,
    leave: 'Unsubscribe',
    preferences: 'Your choices',
  },
  testMark: '[Test]',
  purposes: {
    newsletter: { title: 'The newsletter', text: 'We send you the newsletter by email.' },
    opens: {
      title: 'Measure whether I open the emails, so that they get better',
      text: 'A small picture tells us that an email was opened. Without your yes, there is no such picture.',
    },
    clicks: {
      title: 'Measure which links I click, so that the emails get better',
      text: 'Links lead through our server, so that we see what was of use to you. Without your yes, links are left as they are.',
    },
  },
  notice: enNotice,
}
