// view · the page behind the link of a confirmation mail: what was asked for, and one button for each answer. GDPR Art. 4(11)
import { dateTimeText, momentText } from '../../i18n/dates.ts'
import type { Locale } from '../../i18n/locale.ts'
import { messages } from '../../i18n/messages.ts'
import { labelled } from '../../i18n/typography/marks.ts'
import { Aside, Button, Checkbox, ErrorSummary, Hidden, Named, TextField } from '../../ui/components.tsx'
import { type Frame, PublicPage } from '../../ui/layout.tsx'
import { FormLink } from '../confirmation/pages.tsx'
import type { RequestedList } from '../requested-lists.ts'

/** One list of a request, in the words shown at the sign-up. */
export interface AskedList
  extends Pick<RequestedList, 'name' | 'description' | 'lang' | 'purposes' | 'given'> {
  readonly id: string
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
  /** Values of the boxes that were unticked before a post that confirmed nothing. */
  readonly unticked?: readonly string[] | undefined
  /** Whether the panel "this was not me" is open, as by the link in the mail. */
  readonly refusing?: boolean
  readonly fault?: { readonly code: ConfirmFaultCode; readonly triesLeft: number } | undefined
}
export type ConfirmFaultCode = 'code_missing' | 'code_wrong' | 'code_used_up' | 'page_expired'

const formId = 'confirm'

/**
 * Viewing changes nothing; both forms post to the page's own address. The person's address is not shown. What is agreed to and
 * the button come first, so that a phone shows both at once.
 */
export const ConfirmPage = (props: ConfirmPageProps) => {
  const { frame, controller, lists, requestedAt, expiresAt } = props
  const { confirm, page } = messages(frame.locale)
  const only = lists.length === 1 ? lists[0] : undefined
  const when = momentText(frame.locale, requestedAt, frame.zone)
  const isClosed = props.fault?.code === 'code_used_up'
  return (
    <PublicPage
      frame={isClosed ? frame : { ...frame, languageForm: formId }}
      title={props.fault === undefined ? confirm.title : `${page.errorMark}: ${confirm.title}`}
      hidden
    >
      <h1>
        {only === undefined ? confirm.headingOfMany : <Named text={confirm.heading} name={only.name} />}
      </h1>
      <FaultSummary {...props} />
      <p>
        <Named text={(name) => confirm.asked(name, when)} name={controller} />
      </p>
      {isClosed ? lists.map((list) => <FormLink frame={frame} list={list} />) : <ConfirmForm {...props} />}
      {lists.map((list) => (
        <AboutList frame={frame} list={list} named={only === undefined} />
      ))}
      <p class="small">
        {confirm.withdraw} {confirm.until(dateTimeText(frame.locale, expiresAt, frame.zone))}
      </p>
      <NotMe {...props} />
    </PublicPage>
  )
}

const ConfirmForm = (props: ConfirmPageProps) => {
  const { frame, lists, nonce } = props
  const { confirm } = messages(frame.locale)
  const only = lists.length === 1 ? lists[0] : undefined
  return (
    <form method="post" action={`?lang=${frame.locale}`} id={formId} class="confirm" novalidate>
      <Hidden name="nonce" value={nonce} />
      {lists.map((list) => (
        <Agreement frame={frame} list={list} named={only === undefined} unticked={props.unticked ?? []} />
      ))}
      {props.mode === 'code' && <CodeField {...props} />}
      <Button>
        {only === undefined ? confirm.yesToMany : <Named text={confirm.yes} name={only.name} />}
      </Button>
    </form>
  )
}

/** The value of a purpose's box. */
export const boxOf = (list: string, purpose: string): string => `${list}.${purpose}`

/**
 * What the person agrees to on one list. Optional purposes can be unticked, since somebody else may have ticked them; `asked`
 * names each that was shown.
 */
const Agreement = (props: { frame: Frame; list: AskedList; named: boolean; unticked: readonly string[] }) => {
  const { frame, list, named, unticked } = props
  const { confirm } = messages(frame.locale)
  const optional = list.purposes.filter((purpose) => purpose.optional)
  return (
    <fieldset class="agreement">
      <legend>{named ? <bdi lang={langOf(frame, list)}>{list.name}</bdi> : confirm.agree}</legend>
      <div lang={langOf(frame, list)}>
        {list.purposes
          .filter((purpose) => !purpose.optional)
          .map(({ title, text }) => (
            <p>
              {title}
              <span class="hint">{text}</span>
            </p>
          ))}
        {optional.map(({ key, title, text }) => (
          <>
            <Hidden name="asked" value={boxOf(list.id, key)} />
            <Checkbox
              several
              name="purpose"
              value={boxOf(list.id, key)}
              label={title}
              hint={text}
              checked={!unticked.includes(boxOf(list.id, key))}
            />
          </>
        ))}
        {list.given.map(({ label, value }) => (
          <p class="small">
            {labelled(label)}{' '}
            <strong>
              <Named text={asItIs} name={value} />
            </strong>
          </p>
        ))}
      </div>
      {optional.length > 0 && <p class="small">{confirm.untick}</p>}
    </fieldset>
  )
}

const asItIs = (value: string): string => value

/** What is sent and how often, and the whole notice. */
const AboutList = ({ frame, list, named }: { frame: Frame; list: AskedList; named: boolean }) => {
  const { confirm } = messages(frame.locale)
  return (
    <div class="stack">
      {list.description !== '' && (
        <p lang={langOf(frame, list)}>
          {named ? `${labelled(list.name)} ${list.description}` : list.description}
        </p>
      )}
      <p class="small">
        <a href={list.noticeUrl} hreflang={list.lang}>
          {confirm.notice}
          {named && `: ${list.name}`}
        </a>
      </p>
    </div>
  )
}

/** Undefined where the words are in the language of the page. */
const langOf = (frame: Frame, { lang }: AskedList): Locale | undefined =>
  lang === frame.locale ? undefined : lang

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
      <form method="post" action={`?lang=${frame.locale}`}>
        <Hidden name="action" value="refuse" />
        <Checkbox name="block" value="1" label={confirm.block} hint={confirm.blockHint(host)} />
        <Button quiet>{confirm.refuse}</Button>
      </form>
    </Aside>
  )
}
