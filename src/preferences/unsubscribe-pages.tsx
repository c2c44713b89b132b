// view · the unsubscribe pages: question, done, nothing to end
import { messages } from '../i18n/messages.ts'
import { Button, Tick } from '../ui/components.tsx'
import { type Frame, PublicPage } from '../ui/layout.tsx'

export interface LeavePageProps {
  readonly frame: Frame
  readonly list: string
}

/** Opening the page changes nothing. Its form never expires: the link alone is enough to unsubscribe (GDPR Art. 7(3)). */
export const LeavePage = ({ frame, list }: LeavePageProps) => {
  const { unsubscribe } = messages(frame.locale)
  return (
    <PublicPage frame={frame} title={unsubscribe.title(list)} hidden>
      <h1>{unsubscribe.title(list)}</h1>
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

export const LeftPage = ({ frame, list, formUrl }: LeftPageProps) => {
  const { unsubscribe, signUpAgain } = messages(frame.locale)
  return (
    <PublicPage frame={frame} title={unsubscribe.done} hidden>
      <Tick />
      <h1>{unsubscribe.done}</h1>
      <p>{unsubscribe.doneText(list)}</p>
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
      {list !== '' && <p>{unsubscribe.nothingText(list)}</p>}
    </PublicPage>
  )
}
