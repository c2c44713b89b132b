// view · every public page and every mail of the sign-up in one language, with names as an operator wrote them
import { type Locale, locales } from '../../src/i18n/locale.ts'
import { parseSettings } from '../../src/lists/settings.ts'
import { noticeBundle, noticeHash } from '../../src/notices/bundle.ts'
import { NoticePage } from '../../src/notices/notice-page.tsx'
import type { ServiceMailText } from '../../src/outbox/service-wire.ts'
import { PreferencesPage, PreferencesSavedPage } from '../../src/preferences/pages.tsx'
import { LeavePage, LeftPage, NotSubscribedPage } from '../../src/preferences/unsubscribe-pages.tsx'
import { alreadySubscribedMail, confirmationMail } from '../../src/signup/confirmation/mails.ts'
import {
  AlreadyPage,
  ConfirmedPage,
  ExpiredPage,
  LeftPage as LeftBeforePage,
  RefusedPage,
  ReplacedPage,
  UnknownLinkPage,
} from '../../src/signup/confirmation/pages.tsx'
import { ConfirmPage } from '../../src/signup/pages/confirm-page.tsx'
import { ListNotFoundPage, SentPage, SignupPage } from '../../src/signup/pages/form-pages.tsx'
import { ErrorPage } from '../../src/ui/error-page.tsx'
import type { Frame } from '../../src/ui/layout.tsx'

/** What operators and visitors wrote. */
export interface Written {
  readonly list: string
  readonly controller: string
  readonly jurisdiction: string
  /** Label of a field. */
  readonly label: string
  /** Whatever else: descriptions, titles, values. */
  readonly other: string
}

const at = new Date('2026-05-03T10:02:00Z')

const settingsOf = ({ list, controller, jurisdiction, label, other }: Written) =>
  parseSettings({
    slug: 'monthly',
    name: list,
    description: other,
    locales: [...locales],
    sender: { name: 'Brand AB', email: 'news@brand.example' },
    controller: {
      name: controller,
      address: `Storgatan 1\n${other}`,
      contact_email: 'privacy@brand.example',
      jurisdiction,
    },
    purposes: [{ key: 'clicks' }, { key: 'offers', title: other, text: other }],
    fields: [
      { key: 'first_name', label, purpose: 'newsletter' },
      {
        key: 'country',
        type: 'choice',
        label: 'Country',
        options: ['SE', other],
        purpose: 'newsletter',
        required: true,
      },
      { key: 'born', type: 'date', label: 'Born', purpose: 'newsletter' },
      { key: 'shoe', type: 'number', label: 'Shoe size', purpose: 'newsletter' },
      { key: 'owner', type: 'boolean', label: 'Owner', purpose: 'newsletter' },
    ],
  })

export const noticeOf = (locale: Locale, written: Written) =>
  noticeBundle({ ...settingsOf(written), id: 'x' }, locale, { known: [], unanswered: [] })

/** Pages by name. */
export function publicPages(locale: Locale, written: Written): Readonly<Record<string, string>> {
  const { other, label } = written
  const frame: Frame = {
    locale,
    controller: written.controller,
    brand: { slug: 'monthly', version: 4 },
    privacyUrl: '/privacy',
    languages: locales.map((one) => ({ locale: one, href: `?lang=${one}` })),
  }
  const notice = noticeOf(locale, written)
  const list = { name: written.list, formUrl: '/s/monthly' }
  const asked = {
    ...list,
    id: '019e8269-4e80-7ef9-a8e3-baa7ee241d55',
    lang: notice.lang,
    description: other,
    purposes: notice.purposes,
    given: [{ label, value: other }],
    noticeUrl: '/n/x',
  }
  const typed = new Map([
    ['email', [other]],
    ['first_name', [other]],
    ['country', ['SE']],
    ['shoe', ['forty']],
    ['owner', ['true']],
    ['purpose', ['offers']],
    ['also', ['jobs']],
  ])
  const faults = [
    { name: 'email', code: 'address_invalid', about: { label: 'email', limit: 0 } },
    { name: 'shoe', code: 'number_invalid', about: { label, limit: 0 } },
    { name: other, code: 'field_unknown', about: { label, limit: 0 } },
  ] as const
  const also = [
    { slug: 'jobs', name: written.list },
    { slug: 'offers', name: 'Offers', description: other },
  ]
  const form = { frame, notice, action: '/s/monthly', stamp: 'the-stamp' }
  const confirm = {
    frame,
    controller: written.controller,
    host: 'lists.brand.example',
    lists: [asked],
    requestedAt: at,
    expiresAt: at,
    nonce: 'the-nonce',
  }
  const confirmed = { frame, leafHashes: ['3df9e1'], sender: other, preferencesUrl: '/p/x' }
  const two = [asked, { ...asked, id: '019e8269-4e80-7ef9-a8e3-baa7ee241d56', name: 'Second' }]
  const granted = notice.purposes.map((purpose) => ({
    ...purpose,
    isMail: purpose.key === 'newsletter',
    isKept: true,
  }))
  const sender = { name: written.controller, email: 'news@brand.example' }
  const pages = {
    signup: <SignupPage {...form} />,
    refusedForm: <SignupPage {...form} typed={typed} faults={faults} also={also} />,
    sent: (
      <SentPage
        frame={frame}
        formUrl="/s/monthly"
        repeatsAfter={{ second: 5, third: 65 }}
        sender={sender}
        list={written.list}
      />
    ),
    sentSlip: (
      <SentPage
        frame={frame}
        formUrl="/s/monthly"
        repeatsAfter={{ second: 1, third: 180 }}
        sender={sender}
        list={undefined}
        slip={{ typed: 'gmial.com', meant: 'gmail.com' }}
      />
    ),
    listNotFound: <ListNotFoundPage frame={{ locale }} />,
    confirm: <ConfirmPage {...confirm} mode="button" />,
    confirmMany: <ConfirmPage {...confirm} lists={two} mode="button" />,
    confirmCode: <ConfirmPage {...confirm} mode="code" fault={{ code: 'code_wrong', triesLeft: 2 }} />,
    codeUsedUp: <ConfirmPage {...confirm} mode="code" fault={{ code: 'code_used_up', triesLeft: 0 }} />,
    confirmed: <ConfirmedPage {...confirmed} lists={[asked]} />,
    confirmedMany: <ConfirmedPage {...confirmed} lists={two} />,
    already: <AlreadyPage frame={frame} lists={[list]} />,
    alreadyMany: <AlreadyPage frame={frame} lists={two} preferencesUrl="/p/x" />,
    refused: <RefusedPage frame={frame} host="lists.brand.example" contact={other} blocked />,
    expired: <ExpiredPage frame={frame} list={list} expiredAt={at} />,
    replaced: <ReplacedPage frame={frame} />,
    leftBefore: <LeftBeforePage frame={frame} list={list} />,
    unknown: <UnknownLinkPage frame={{ locale }} />,
    leave: <LeavePage frame={frame} list={written.list} />,
    left: <LeftPage frame={frame} list={written.list} formUrl="/s/monthly" />,
    notSubscribed: <NotSubscribedPage frame={frame} list={written.list} />,
    preferences: <PreferencesPage frame={frame} list={written.list} granted={granted} />,
    preferencesOfMails: (
      <PreferencesPage
        frame={frame}
        list={written.list}
        granted={granted.map((one) => ({ ...one, isMail: one.key !== 'clicks' }))}
      />
    ),
    noPreferences: <PreferencesPage frame={frame} list={written.list} granted={[]} />,
    saved: (
      <PreferencesSavedPage
        frame={frame}
        list={written.list}
        ended={[other]}
        kept={[]}
        preferencesUrl="/p/x"
      />
    ),
    savedSome: (
      <PreferencesSavedPage
        frame={frame}
        list={written.list}
        ended={[]}
        kept={[other]}
        preferencesUrl="/p/x"
      />
    ),
    notice: <NoticePage frame={frame} notice={notice} hash={noticeHash(notice)} />,
    error: (
      <ErrorPage
        frame={frame}
        status={500}
        reference={other}
        back={{ href: '/s/monthly', isSamePage: true }}
      />
    ),
    tooMany: <ErrorPage frame={frame} status={429} />,
    teapot: <ErrorPage frame={frame} status={418} />,
  }
  return Object.fromEntries(Object.entries(pages).map(([name, page]) => [name, String(page)]))
}

/** Mails by name. */
export function signupMails(locale: Locale, written: Written): Readonly<Record<string, ServiceMailText>> {
  const list = {
    name: written.list,
    purposes: [written.list, written.other],
    noticeUrl: 'https://lists.brand.example/n/hash',
  }
  const controller = {
    name: written.controller,
    address: 'Storgatan 1\n111 22 Stockholm',
    contact_email: 'privacy@brand.example',
    dpo_email: 'dpo@brand.example',
    representative: null,
    jurisdiction: written.jurisdiction,
  }
  const asked = {
    locale,
    zone: 'UTC',
    color: null,
    controller,
    requestedAt: at,
    expiresAt: at,
    confirmUrl: 'https://lists.brand.example/c/token',
    code: null,
  }
  return {
    confirmation: confirmationMail({ ...asked, lists: [list] }),
    confirmationOfMany: confirmationMail({ ...asked, lists: [list, { ...list, name: 'Second' }] }),
    confirmationByCode: confirmationMail({ ...asked, lists: [list], code: '042817' }),
    alreadySubscribed: alreadySubscribedMail({
      locale,
      zone: 'UTC',
      color: null,
      controller: { ...controller, dpo_email: null, representative: null },
      list: written.list,
      requestedAt: at,
      preferencesUrl: 'https://lists.brand.example/p/token',
      leaveUrl: 'https://lists.brand.example/u/token',
    }),
  }
}
