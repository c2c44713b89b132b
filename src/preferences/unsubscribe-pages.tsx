// view · the unsubscribe pages: question, done, nothing to end
import { messages } from '../i18n/messages.ts'
import { Button, Named, Tick } from '../ui/components.tsx'
import { type Frame, PublicPage } from '../ui/layout.tsx'

const formId = 'again'

export interface LeavePageProps {
  readonly frame: Frame
  readonly list: string
}

/** Opening the page changes nothing. Its form never expires: the link alone is enough to unsubscribe (GDPR Art. 7(3)). */
export const LeavePage = ({ frame, list }: LeavePageProps) => {
  const { unsubscribe } = messages(frame.locale)
  return (
    <PublicPage frame={frame} title={unsubscribe.title(list)} hidden>
      <h1>
        <Named text={unsubscribe.title} name={list} />
      </h1>
      <p>{unsubscribe.text}</p>
      <form method="post" action={`?page&lang=${frame.locale}`}>
        <Button>{unsubscribe.button}</Button>
      </form>
    </PublicPage>
  )
}

export interface LeftPageProps {
  readonly frame: Frame
  readonly list: string
  /** The sign-up form, the only way back after unsubscribing by mistake. */
  readonly formUrl?: string | undefined
}

/** Another language posts again, which changes nothing: a link would lead to the page that says there is nothing to stop. */
export const LeftPage = ({ frame, list, formUrl }: LeftPageProps) => {
  const { unsubscribe, signUpAgain } = messages(frame.locale)
  return (
    <PublicPage frame={{ ...frame, languageForm: formId }} title={unsubscribe.done} hidden>
      <form method="post" id={formId} hidden />
      <Tick />
      <h1>{unsubscribe.done}</h1>
      <p>
        <Named text={unsubscribe.doneText} name={list} />
      </p>
      <p class="small">
        {unsubscribe.underway}
        {formUrl !== undefined && (
          <>
            {' '}
            {unsubscribe.mistake} <a href={formUrl}>{signUpAgain(list)}</a>
          </>
        )}
      </p>
    </PublicPage>
  )
}

/** Shown when there is nothing to end, also after an erasure, since links stay valid. Without a list name if none is known. */
export const NotSubscribedPage = ({ frame, list }: { frame: Frame; list: string }) => {
  const { unsubscribe } = messages(frame.locale)
  return (
    <PublicPage frame={frame} title={unsubscribe.nothing} hidden>
      <h1>{unsubscribe.nothing}</h1>
      {list !== '' && (
        <p>
          <Named text={unsubscribe.nothingText} name={list} />
        </p>
      )}
    </PublicPage>
  )
}
