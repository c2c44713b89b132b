// web · /p/{token}: the preference page of one list, which can only end purposes. No personal data: links get forwarded
import { type Context, Hono } from 'hono'
import { campaignIdOf } from '../campaigns/campaign-id.ts'
import { type Granted, grantedOf, withdraw } from '../consent/withdraw.ts'
import { localised } from '../i18n/locale.ts'
import { type List, mailPurposes } from '../lists/list.ts'
import { openReference, type Reference } from '../platform/vault/tokens.ts'
import { UnknownLinkPage } from '../signup/confirmation/pages.tsx'
import { frameOf } from '../signup/pages/routes.tsx'
import { type Env, localeOf, tokenPage } from '../ui/answer.tsx'
import { type Frame, languageButton } from '../ui/layout.tsx'
import { readForm } from '../ui/read-body.ts'
import { PreferencesPage, PreferencesSavedPage } from './pages.tsx'
import { NotSubscribedPage } from './unsubscribe-pages.tsx'

export const preferencesRoutes = new Hono<Env>()

preferencesRoutes.get('/p/:token', async (c) => {
  const reference = openReference(c.env.vault, 'pref', c.req.param('token'))
  return reference === null ? unknownLink(c) : choicePage(c, reference)
})

/** The link alone is enough, as for unsubscribing, so the page has no nonce and works however long it stood open. */
preferencesRoutes.post('/p/:token', async (c) => {
  const reference = openReference(c.env.vault, 'pref', c.req.param('token'))
  if (reference === null) return unknownLink(c)
  const sent = await readForm(c)
  const known = await grantedOf(c.env, reference.subscription)
  if (known === null) return choicePage(c, reference)
  const choices = { shown: sent.get('shown') ?? known.granted, ticked: sent.get('purpose') ?? [] }
  if (sent.has(languageButton)) return choicePage(c, reference, choices)
  const withdrawal = await withdraw(c.env, {
    subscription: reference.subscription,
    purposes: purposesToEnd(known.list, known.granted, choices),
    channel: 'preferences',
    campaign: await campaignIdOf(c.env.db, reference.campaign),
    actor: { kind: 'subject' },
  })
  const ended = withdrawal.kind === 'ended' ? withdrawal.purposes : []
  const kept = known.granted.filter((purpose) => !ended.includes(purpose))
  const frame = frameFor(c, known)
  const titles = titlesIn(frame, known.list)
  return tokenPage(
    c,
    200,
    <PreferencesSavedPage
      frame={frame}
      list={known.list.name}
      ended={ended.map(titles)}
      kept={kept.map(titles)}
      preferencesUrl={`/p/${c.req.param('token')}?lang=${frame.locale}`}
    />,
  )
})

/** Keys of purposes as posted by the page. */
interface Choices {
  readonly shown: readonly string[]
  readonly ticked: readonly string[]
}

/**
 * Purposes that were shown and are not ticked; a purpose granted since the page was opened stays. Ending the last mail purpose
 * ends all purposes: without mail there is nothing to measure.
 */
function purposesToEnd(
  list: List,
  granted: readonly string[],
  { shown, ticked }: Choices,
): readonly string[] {
  const kept = granted.filter((purpose) => ticked.includes(purpose) || !shown.includes(purpose))
  const mail = mailPurposes(list)
  return kept.some((purpose) => mail.includes(purpose))
    ? granted.filter((purpose) => !kept.includes(purpose))
    : granted
}

const unknownLink = (c: Context<Env>) =>
  tokenPage(c, 404, <UnknownLinkPage frame={{ locale: localeOf(c) }} />)

/** The language that the person chose at a form, as in the mails, unless `?lang=` names another. */
const frameFor = (c: Context<Env>, { list, locale: chose }: Granted): Frame =>
  frameOf(
    list,
    localeOf(c, { offered: list.locales, chose, fallback: list.default_locale }),
    (one) => `?lang=${one}`,
  )

const titlesIn =
  ({ locale }: Frame, list: List) =>
  (key: string) => {
    const title = list.purposes.find((purpose) => purpose.key === key)?.title
    return title === undefined ? key : localised(title, locale, list.default_locale)
  }

/** `choices`: as posted by a button for another language, which keeps what was unticked. */
async function choicePage(c: Context<Env>, reference: Reference, choices?: Choices): Promise<Response> {
  const known = await grantedOf(c.env, reference.subscription)
  if (known === null) return tokenPage(c, 200, <NotSubscribedPage frame={{ locale: localeOf(c) }} list="" />)
  const { list, granted } = known
  const frame = frameFor(c, known)
  const { shown, ticked } = choices ?? { shown: [], ticked: [] }
  return tokenPage(
    c,
    200,
    <PreferencesPage
      frame={frame}
      list={list.name}
      granted={list.purposes
        .filter(({ key }) => granted.includes(key))
        .map(({ key, kind, title, text }) => ({
          key,
          title: localised(title, frame.locale, list.default_locale),
          text: localised(text, frame.locale, list.default_locale),
          isMail: kind === 'mail',
          isKept: ticked.includes(key) || !shown.includes(key),
        }))}
    />,
  )
}
