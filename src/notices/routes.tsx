// web · /n/{hash}: the page of a stored notice
import { Hono } from 'hono'
import { type Env, errorPage, formPage } from '../ui/answer.tsx'
import { findNotice } from './find.ts'
import { readNotice } from './notice.ts'
import { NoticePage } from './notice-page.tsx'

export const noticeRoutes = new Hono<Env>()

noticeRoutes.get('/n/:hash', async (c) => {
  const hash = c.req.param('hash')
  const bundle = await findNotice(c.env.db, hash)
  if (bundle === null) return errorPage(c, 404)
  const notice = readNotice(bundle)
  return formPage(
    c,
    200,
    <NoticePage
      frame={{ locale: notice.lang, controller: notice.controller.name }}
      notice={notice}
      hash={hash}
    />,
    { framed: true },
  )
})
