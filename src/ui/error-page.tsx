// view · the public error page
import { type PageErrorStatus, pageErrorStatuses } from '../i18n/catalogue.ts'
import { messages } from '../i18n/messages.ts'
import { type Frame, PublicPage } from './layout.tsx'

export interface ErrorPageProps {
  readonly frame: Frame
  readonly status: number
  /** The request's id in the log, shown so that visitors can quote it. */
  readonly reference?: string | undefined
  /** Where the reader goes on from here. */
  readonly back?: { readonly href: string; readonly isSamePage: boolean } | undefined
}

/** A status without its own texts uses those of 400 below 500, else those of 500. */
export const ErrorPage = ({ frame, status, reference, back }: ErrorPageProps) => {
  const { errors, page } = messages(frame.locale)
  const { title, text } = errors[knownStatus(status)]
  return (
    <PublicPage frame={frame} title={title} hidden>
      <h1>{title}</h1>
      <p>{text}</p>
      {back !== undefined && (
        <p>
          <a href={back.href}>{back.isSamePage ? page.openAgain : page.start}</a>
        </p>
      )}
      {reference !== undefined && <p class="small">{page.reference(reference)}</p>}
    </PublicPage>
  )
}

const knownStatus = (status: number): PageErrorStatus =>
  pageErrorStatuses.find((known) => known === status) ?? (status < 500 ? 400 : 500)
