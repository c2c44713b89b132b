// view · the sign-up form, and the page after it: look in your inbox
import { messages } from '../../i18n/messages.ts'
import { FormFields, FormHeading, type Typed } from '../../notices/form-fields.tsx'
import type { ShownNotice } from '../../notices/notice.ts'
import { Button, Checkbox, type ControlFault, ErrorSummary, Hidden } from '../../ui/components.tsx'
import { type Frame, PublicPage } from '../../ui/layout.tsx'
import { type FormFault, faultText, honeypotName } from '../form.ts'

export interface SignupPageProps {
  readonly frame: Frame
  /** The notice in force in this language. The page shows its words, so that the record matches what was seen. */
  readonly notice: ShownNotice
  /** The form's target: `/s/{slug}`. */
  readonly action: string
  readonly stamp: string
  readonly typed?: Typed | undefined
  readonly faults?: readonly FormFault[] | undefined
  /** Further lists that the same confirmation mail covers. */
  readonly also?:
    | readonly { readonly slug: string; readonly name: string; readonly description?: string }[]
    | undefined
}

export const SignupPage = ({
  frame,
  notice,
  action,
  stamp,
  typed,
  faults = [],
  also = [],
}: SignupPageProps) => {
  const { page, signup } = messages(notice.lang)
  const controlFaults = faultsInWords(notice, faults)
  const title = signup.title(notice.form.heading)
  const isLost = faults.some(({ code }) => code === 'encoding')
  return (
    <PublicPage
      frame={{ ...frame, locale: notice.lang, languageForm: formId }}
      title={controlFaults.length === 0 ? title : `${page.errorMark}: ${title}`}
      description={notice.form.promise === '' ? notice.form.short_notice[0] : notice.form.promise}
    >
      <FormHeading notice={notice} />
      <ErrorSummary heading={isLost ? page.errorMark : page.whatToMend} faults={controlFaults} />
      <form method="post" action={action} id={formId} novalidate>
        <FormFields notice={notice} typed={typed} faults={controlFaults} />
        <AlsoBoxes notice={notice} also={also} typed={typed} />
        <Honeypot label={signup.honeypot} />
        <Hidden name="locale" value={notice.lang} />
        <Hidden name="stamp" value={stamp} />
        <Button>{notice.form.submit}</Button>
      </form>
    </PublicPage>
  )
}

const formId = 'sign-up'

/** A fault of a control that is not on the page appears in the summary alone, without a link. */
function faultsInWords(notice: ShownNotice, faults: readonly FormFault[]): readonly ControlFault[] {
  const shown = (name: string): boolean =>
    notice.form.controls.some((control) => control.name === name && control.name !== 'purpose')
  return faults.map((fault) => ({
    name: shown(fault.name) ? fault.name : '',
    message: faultText(notice.lang, fault),
  }))
}

const AlsoBoxes = ({
  notice,
  also,
  typed,
}: {
  notice: ShownNotice
  also: NonNullable<SignupPageProps['also']>
  typed: Typed | undefined
}) => {
  if (also.length === 0) return null
  const { signup } = messages(notice.lang)
  return (
    <fieldset class="group">
      <legend>{signup.also}</legend>
      <p class="small">{signup.alsoHint}</p>
      {also.map(({ slug, name, description }) => (
        <Checkbox
          several
          name="also"
          value={slug}
          label={name}
          hint={description ?? null}
          checked={typed?.get('also')?.includes(slug) === true}
        />
      ))}
    </fieldset>
  )
}

/** A field that only bots fill; moved off the page rather than hidden, since some bots skip hidden fields. */
const Honeypot = ({ label }: { label: string }) => (
  <div class="elsewhere" aria-hidden="true">
    <label for={honeypotName}>{label}</label>
    {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: not reachable by keyboard, tabindex is -1 */}
    <input
      type="text"
      id={honeypotName}
      name={honeypotName}
      value=""
      autocomplete="off"
      tabindex={-1}
      aria-hidden="true"
    />
  </div>
)

export interface SentPageProps {
  readonly frame: Frame
  readonly formUrl: string
  /** When a repeated form sends a further message, in minutes after the first. */
  readonly repeatsAfter: { readonly second: number; readonly third: number }
  /** Who the mail comes from. */
  readonly sender: { readonly name: string; readonly email: string }
  /** The list's name, which the mail's subject holds; undefined where the mail is about several. */
  readonly list: string | undefined
  /** The domain typed, and the one that was probably meant. */
  readonly slip?: { readonly typed: string; readonly meant: string } | undefined
}

/**
 * The same for every address, so that the page does not tell whether the address was known. Links leave the frame of another
 * site, where the form itself may not stand.
 */
export const SentPage = ({ frame, formUrl, repeatsAfter, sender, list, slip }: SentPageProps) => {
  const { sent, mail } = messages(frame.locale)
  return (
    <PublicPage frame={frame} title={sent.title} hidden>
      <h1>{sent.title}</h1>
      <p>{sent.text}</p>
      <p>
        {sent.from(`${sender.name} <${sender.email}>`)}{' '}
        {list !== undefined && (
          <>
            {sent.subject} <strong>{mail.confirmation.subject(list)}</strong>
          </>
        )}
      </p>
      {slip !== undefined && (
        <p>
          <strong>{sent.slip(slip.typed, slip.meant)}</strong>{' '}
          <a href={formUrl} target="_top">
            {sent.again}
          </a>
        </p>
      )}
      <h2>{sent.otherwise}</h2>
      <ul class="bullets">
        <li>{sent.wait}</li>
        <li>{sent.spam}</li>
        <li>{sent.repeat(repeatsAfter)}</li>
        <li>
          {sent.spelling}{' '}
          <a href={formUrl} target="_top">
            {sent.again}
          </a>
        </li>
      </ul>
    </PublicPage>
  )
}

export const ListNotFoundPage = ({ frame }: { frame: Frame }) => {
  const { title, text } = messages(frame.locale).signup.notFound
  return (
    <PublicPage frame={frame} title={title} hidden>
      <h1>{title}</h1>
      <p>{text}</p>
    </PublicPage>
  )
}
