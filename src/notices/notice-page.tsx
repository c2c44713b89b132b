// view · the printable page of a notice exactly as shown, from its stored bundle alone. GDPR Art. 7(1), 12(1)
import { raw } from 'hono/html'
import { messages } from '../i18n/messages.ts'
import { type Frame, PublicPage } from '../ui/layout.tsx'
import { NoticeItemList } from './form-fields.tsx'
import type { StoredNotice } from './notice.ts'

export interface NoticePageProps {
  /** Should have the notice's locale: the page is in the language of the notice. */
  readonly frame: Frame
  readonly notice: StoredNotice
  /** base64url, as in the address of the page. */
  readonly hash: string
}

export const NoticePage = ({ frame, notice, hash }: NoticePageProps) => {
  const { noticePage, language } = messages(notice.lang)
  const title = noticePage.title(notice.list.name)
  return (
    <PublicPage
      frame={{ ...frame, locale: notice.lang, controller: notice.controller.name, languages: undefined }}
      title={title}
      hidden
      wide
    >
      <h1>{title}</h1>
      <p class="soft">{noticePage.intro(language)}</p>
      <div>
        <p class="small">{noticePage.fingerprint}</p>
        <p class="code">{hash}</p>
      </div>
      <h2>{noticePage.text}</h2>
      <NoticeItemList notice={notice} level="h3" />
      <h2>{noticePage.form}</h2>
      <p class="small">{noticePage.formHint}</p>
      {/* The stored HTML was rendered and escaped by FormAsShown. It is inert: shown, not filled in. */}
      <div class="specimen" inert>
        {raw(notice.form.html)}
      </div>
    </PublicPage>
  )
}
