// view · the pages after the link of a confirmation mail: confirmed, refused, expired, left, unknown link
import type { Child } from 'hono/jsx'
import { dateTextIn } from '../../i18n/dates.ts'
import { messages } from '../../i18n/messages.ts'
import { labelled, named } from '../../i18n/typography/marks.ts'
import { enumerated } from '../../i18n/words.ts'
import { Aside, Named, Tick } from '../../ui/components.tsx'
import { type Frame, PublicPage } from '../../ui/layout.tsx'

export interface ConfirmedPageProps {
  readonly frame: Frame
  readonly lists: readonly {
    readonly name: string
    readonly description: string
  }[]
  readonly leafHashes: readonly string[]
  readonly sender: string
  /** URL of the preference page. */
  readonly preferencesUrl?: string | undefined
}

export const ConfirmedPage = ({ frame, lists, leafHashes, sender, preferencesUrl }: ConfirmedPageProps) => {
  const { confirmed } = messages(frame.locale)
  return (
    <PublicPage frame={frame} title={confirmed.title} hidden>
      <Tick />
      <h1>{confirmed.heading}</h1>
      <p>
        <Named text={(names) => confirmed.text(names, lists.length)} name={namesOf(frame, lists)} />
      </p>
      <h2>{confirmed.next}</h2>
      <ul class="bullets">
        {lists.flatMap(({ name, description }) =>
          description === ''
            ? []
            : [<li>{lists.length === 1 ? description : `${labelled(name)} ${description}`}</li>],
        )}
        <li>{confirmed.from(sender)}</li>
        <li>
          {confirmed.leave} {preferencesUrl !== undefined && <a href={preferencesUrl}>{confirmed.choices}</a>}
        </li>
      </ul>
      <Aside summary={confirmed.proof}>
        <p class="small">{confirmed.proofText}</p>
        {leafHashes.map((leafHash) => (
          <p class="code">{leafHash}</p>
        ))}
      </Aside>
    </PublicPage>
  )
}

export interface AlreadyPageProps {
  readonly frame: Frame
  /** Empty where the closed request no longer names its lists. */
  readonly lists: readonly { readonly name: string }[]
  readonly preferencesUrl?: string | undefined
}

export const AlreadyPage = ({ frame, lists, preferencesUrl }: AlreadyPageProps) => {
  const { already, confirmed } = messages(frame.locale)
  return (
    <Outcome frame={frame} title={already.title}>
      {lists.length > 0 && <p>{already.text(namesOf(frame, lists), lists.length)}</p>}
      <p>{already.rest}</p>
      {preferencesUrl !== undefined && (
        <p>
          <a href={preferencesUrl}>{confirmed.choices}</a>
        </p>
      )}
    </Outcome>
  )
}

export interface RefusedPageProps {
  readonly frame: Frame
  /** Where the forms are that the block holds for. */
  readonly host: string
  /** Contact address for lifting the block. */
  readonly contact: string
  readonly blocked: boolean
}

export const RefusedPage = ({ frame, host, contact, blocked }: RefusedPageProps) => {
  const { refused } = messages(frame.locale)
  return (
    <Outcome frame={frame} title={refused.title}>
      <p>{refused.text}</p>
      {blocked && (
        <p>
          {refused.blocked(host)} {refused.unblock(contact)}
        </p>
      )}
    </Outcome>
  )
}

export interface ExpiredPageProps {
  readonly frame: Frame
  readonly list: FormOfList
  readonly expiredAt: Date
}

/** A list and its sign-up form. */
export interface FormOfList {
  readonly name: string
  readonly formUrl: string
}

export const ExpiredPage = ({ frame, list, expiredAt }: ExpiredPageProps) => {
  const { expired } = messages(frame.locale)
  return (
    <Outcome frame={frame} title={expired.title}>
      <p>{expired.text(dateTextIn(frame.zone ?? 'UTC', frame.locale, expiredAt))}</p>
      <p>{expired.again}</p>
      <FormLink frame={frame} list={list} />
    </Outcome>
  )
}

/** For a request whose place a newer one has taken. */
export const ReplacedPage = ({ frame }: { frame: Frame }) => {
  const { title, text } = messages(frame.locale).replaced
  return (
    <Outcome frame={frame} title={title}>
      <p>{text}</p>
    </Outcome>
  )
}

/** For a request that ended before its confirmation: by leaving, by erasure. */
export const LeftPage = ({ frame, list }: { frame: Frame; list?: FormOfList | undefined }) => {
  const { left } = messages(frame.locale)
  return (
    <Outcome frame={frame} title={left.title}>
      <p>{left.text}</p>
      {list !== undefined && <FormLink frame={frame} list={list} />}
    </Outcome>
  )
}

/** The same for every invalid token: malformed, forged or cut. */
export const UnknownLinkPage = ({ frame }: { frame: Frame }) => {
  const { title, text, rest } = messages(frame.locale).unknownLink
  return (
    <Outcome frame={frame} title={title}>
      <p>{text}</p>
      <p>{rest}</p>
    </Outcome>
  )
}

const Outcome = ({ frame, title, children }: { frame: Frame; title: string; children?: Child }) => (
  <PublicPage frame={frame} title={title} hidden>
    <h1>{title}</h1>
    {children}
  </PublicPage>
)

export const FormLink = ({ frame, list }: { frame: Frame; list: FormOfList }) => (
  <p>
    <a href={list.formUrl}>
      <Named text={messages(frame.locale).signUpAgain} name={list.name} />
    </a>
  </p>
)

const namesOf = (frame: Frame, lists: readonly { readonly name: string }[]): string =>
  enumerated(
    frame.locale,
    lists.map((list) => named(frame.locale, list.name)),
  )
