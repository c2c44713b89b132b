// view · what went wrong, what was kept, what to do: for every status a page can answer
import { type PageErrorStatus, pageErrorStatuses } from '../i18n/catalogue.ts'
import { messages } from '../i18n/messages.ts'
import { type Frame, PublicPage } from './layout.tsx'

export interface ErrorPageProps {
  readonly frame: Frame
  readonly status: number
  /** What the log calls this request; shown where writing to us about it helps. */
  readonly reference?: string | undefined
}

/** A status without words of its own reads as 400 below 500, else as 500. */
export const ErrorPage = ({ frame, status, reference }: ErrorPageProps) => {
  const { errors, page } = messages(frame.locale)
  const { title, text } = errors[knownStatus(status)]
  return (
    <PublicPage frame={frame} title={title} hidden>
      <h1>{title}</h1>
      <p>{text}</p>
      {reference !== undefined && <p class="small">{page.reference(reference)}</p>}
    </PublicPage>
  )
}

const knownStatus = (status: number): PageErrorStatus =>
  pageErrorStatuses.find((known) => known === status) ?? (status < 500 ? 400 : 500)
