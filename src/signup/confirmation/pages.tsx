// view · the pages behind the link of a confirmation mail: confirm, confirmed, refused, expired, left, unknown link
import type { Child } from 'hono/jsx'
import { dateText, dateTimeText, momentText } from '../../i18n/dates.ts'
import { labelled, named } from '../../i18n/marks.ts'
import { messages } from '../../i18n/messages.ts'
import { enumerated } from '../../i18n/words.ts'
import { Aside, Button, Card, Checkbox, ErrorSummary, Hidden, TextField, Tick } from '../../ui/components.tsx'
import { type Frame, PublicPage } from '../../ui/layout.tsx'

/** One list of a request, in the words shown at the sign-up. */
export interface AskedList {
  readonly name: string
  readonly description: string
  readonly purposes: readonly { readonly title: string; readonly text: string }[]
  /** Field values typed at the sign-up, shown before the person agrees. */
  readonly given: readonly { readonly label: string; readonly value: string }[]
  readonly noticeUrl: string
  readonly formUrl: string
}

export interface ConfirmPageProps {
  readonly frame: Frame
  readonly controller: string
  /** Where the forms are that a block holds for. */
  readonly host: string
  readonly lists: readonly AskedList[]
  readonly requestedAt: Date
  readonly expiresAt: Date
  readonly nonce: string
  /** In code mode the page asks for the six digits. */
  readonly mode: 'button' | 'code'
  readonly typedCode?: string | undefined
  /** Whether the panel "this was not me" is open, as by the link in the mail. */
  readonly refusing?: boolean
  readonly fault?: { readonly code: ConfirmFaultCode; readonly triesLeft: number } | undefined
}
export type ConfirmFaultCode = 'code_missing' | 'code_wrong' | 'code_used_up' | 'page_expired'

/** Viewing changes nothing; both forms post to the page's own address. The person's address is not shown. */
export const ConfirmPage = (props: ConfirmPageProps) => {
  const { frame, controller, lists, requestedAt, expiresAt, nonce } = props
  const { confirm } = messages(frame.locale)
  const only = lists.length === 1 ? lists[0] : undefined
  return (
    <PublicPage frame={frame} title={confirm.title} hidden>
      <h1>{only === undefined ? confirm.headingOfMany : confirm.heading(only.name)}</h1>
      <FaultSummary {...props} />
      <p>{confirm.asked(controller, momentText(frame.locale, requestedAt))}</p>
      <div class="stack">
        {lists.map((list) => (
          <AskedCard frame={frame} list={list} />
        ))}
      </div>
      {props.fault?.code === 'code_used_up' ? (
        lists.map((list) => <FormLink frame={frame} list={list} />)
      ) : (
        <form method="post" novalidate>
          <Hidden name="nonce" value={nonce} />
          {props.mode === 'code' && <CodeField {...props} />}
          <Button>{only === undefined ? confirm.yesToMany : confirm.yes(only.name)}</Button>
        </form>
      )}
      <p class="small">
        {confirm.withdraw} {confirm.until(dateTimeText(frame.locale, expiresAt))}
      </p>
      <NotMe {...props} />
    </PublicPage>
  )
}

const AskedCard = ({ frame, list }: { frame: Frame; list: AskedList }) => {
  const { confirm } = messages(frame.locale)
  return (
    <Card>
      <h2>{list.name}</h2>
      {list.description !== '' && <p>{list.description}</p>}
      <h3 class="small">{confirm.agree}</h3>
      <ul class="bullets">
        {list.purposes.map(({ title, text }) => (
          <li>
            {title}
            <span class="hint">{text}</span>
          </li>
        ))}
      </ul>
      {list.given.map(({ label, value }) => (
        <p class="small">
          {labelled(label)} <strong>{value}</strong>
        </p>
      ))}
      <p class="small">
        <a href={list.noticeUrl}>{confirm.notice}</a>
      </p>
    </Card>
  )
}

const FaultSummary = ({ frame, fault }: ConfirmPageProps) => {
  const { page } = messages(frame.locale)
  const message = faultText(frame, fault)
  const name = fault?.code === 'code_missing' || fault?.code === 'code_wrong' ? 'code' : ''
  return <ErrorSummary heading={page.errorMark} faults={message === undefined ? [] : [{ name, message }]} />
}

const CodeField = ({ frame, fault, typedCode = '' }: ConfirmPageProps) => {
  const { confirm } = messages(frame.locale)
  return (
    <TextField
      name="code"
      label={confirm.codeLabel}
      value={typedCode.slice(0, 12)}
      hint={confirm.codeHint}
      fault={fault?.code === 'page_expired' ? undefined : faultText(frame, fault)}
      class="input-code"
      inputmode="numeric"
      autocomplete="one-time-code"
      maxlength={12}
      required
    />
  )
}

const faultText = (frame: Frame, fault: ConfirmPageProps['fault']): string | undefined =>
  fault && messages(frame.locale).formErrors[fault.code]({ label: '', limit: fault.triesLeft })

/** Without a nonce: a refusal is obeyed however old the page is. */
const NotMe = ({ frame, host, refusing }: ConfirmPageProps) => {
  const { confirm } = messages(frame.locale)
  return (
    <Aside summary={confirm.notMe} open={refusing ?? false}>
      <p id="not-me">{confirm.notMeText}</p>
      <form method="post">
        <Hidden name="action" value="refuse" />
        <Checkbox name="block" value="1" label={confirm.block} hint={confirm.blockHint(host)} />
        <Button quiet>{confirm.refuse}</Button>
      </form>
    </Aside>
  )
}

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
      <p>{confirmed.text(namesOf(frame, lists), lists.length)}</p>
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
      <div>
        <p class="small">{confirmed.proof}</p>
        {leafHashes.map((leafHash) => (
          <p class="code">{leafHash}</p>
        ))}
        <details class="small">
          <summary>{confirmed.whatIsThis}</summary>
          <p>{confirmed.proofText}</p>
        </details>
      </div>
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
      <p>{expired.text(dateText(frame.locale, expiredAt))}</p>
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

const FormLink = ({ frame, list }: { frame: Frame; list: FormOfList }) => (
  <p>
    <a href={list.formUrl}>{messages(frame.locale).signUpAgain(list.name)}</a>
  </p>
)

const namesOf = (frame: Frame, lists: readonly { readonly name: string }[]): string =>
  enumerated(
    frame.locale,
    lists.map((list) => named(frame.locale, list.name)),
  )
