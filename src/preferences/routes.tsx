// web · /p/{token}: the preference page of one list, which can only end purposes. No personal data: links get forwarded
import { type Context, Hono } from 'hono'
import { campaignIdOf } from '../campaigns/campaign-id.ts'
import { grantedOf, withdraw } from '../consent/withdraw.ts'
import { localised } from '../i18n/locale.ts'
import { type List, ownPurpose } from '../lists/list.ts'
import { makeNonce, readNonce } from '../platform/vault/nonce.ts'
import { openReference, type Reference } from '../platform/vault/tokens.ts'
import { UnknownLinkPage } from '../signup/confirmation/pages.tsx'
import { frameOf } from '../signup/pages/routes.tsx'
import { type Env, localeOf, tokenPage } from '../ui/answer.tsx'
import { readForm } from '../ui/read-body.ts'
import { PreferencesPage, PreferencesSavedPage } from './pages.tsx'
import { NotSubscribedPage } from './unsubscribe-pages.tsx'

export const preferencesRoutes = new Hono<Env>()

preferencesRoutes.get('/p/:token', async (c) => {
  const reference = openReference(c.env.vault, 'pref', c.req.param('token'))
  return reference === null ? unknownLink(c) : choicePage(c, reference)
})

preferencesRoutes.post('/p/:token', async (c) => {
  const reference = openReference(c.env.vault, 'pref', c.req.param('token'))
  if (reference === null) return unknownLink(c)
  const sent = await readForm(c)
  const nonce = readNonce(c.env.vault, nonceAbout(reference), sent.get('nonce')?.[0] ?? '', c.env.clock())
  const known = await grantedOf(c.env, reference.subscription)
  if (nonce.kind !== 'valid' || known === null) return choicePage(c, reference)
  const keep = sent.get('purpose') ?? []
  const withdrawal = await withdraw(c.env, {
    subscription: reference.subscription,
    purposes: purposesToEnd(known.list, known.granted, keep),
    channel: 'preferences',
    campaign: await campaignIdOf(c.env.db, reference.campaign),
    actor: { kind: 'subject' },
  })
  const ended = withdrawal.kind === 'ended' ? withdrawal.purposes : []
  const kept = known.granted.filter((purpose) => !ended.includes(purpose))
  const titles = titlesIn(c, known.list)
  return tokenPage(
    c,
    200,
    <PreferencesSavedPage
      frame={frameFor(c, known.list)}
      list={known.list.name}
      ended={ended.map(titles)}
      kept={kept.map(titles)}
      preferencesUrl={`/p/${c.req.param('token')}`}
    />,
  )
})

/** Ending the last mail purpose ends all purposes: without mail there is nothing to measure. */
function purposesToEnd(list: List, granted: readonly string[], keep: readonly string[]): readonly string[] {
  const mail = list.purposes.filter(({ kind }) => kind === 'mail').map(({ key }) => key)
  const keepsMail = granted.some((purpose) => mail.includes(purpose) && keep.includes(purpose))
  return keepsMail ? granted.filter((purpose) => !keep.includes(purpose)) : granted
}

const nonceAbout = (reference: Reference): string => `preferences ${reference.subscription}`

const unknownLink = (c: Context<Env>) =>
  tokenPage(c, 404, <UnknownLinkPage frame={{ locale: localeOf(c) }} />)

const frameFor = (c: Context<Env>, list: List) =>
  frameOf(list, localeOf(c, { offered: list.locales, fallback: list.default_locale }))

const titlesIn = (c: Context<Env>, list: List) => (key: string) => {
  const { locale } = frameFor(c, list)
  const title = list.purposes.find((purpose) => purpose.key === key)?.title
  return title === undefined ? key : localised(title, locale, list.default_locale)
}

async function choicePage(c: Context<Env>, reference: Reference): Promise<Response> {
  const known = await grantedOf(c.env, reference.subscription)
  if (known === null) return tokenPage(c, 200, <NotSubscribedPage frame={{ locale: localeOf(c) }} list="" />)
  const { list, granted } = known
  const frame = frameFor(c, list)
  return tokenPage(
    c,
    200,
    <PreferencesPage
      frame={frame}
      list={list.name}
      nonce={makeNonce(c.env.vault, nonceAbout(reference), c.env.clock())}
      granted={list.purposes
        .filter(({ key }) => granted.includes(key))
        .map(({ key, title, text }) => ({
          key,
          title: localised(title, frame.locale, list.default_locale),
          text: localised(text, frame.locale, list.default_locale),
          own: key === ownPurpose,
        }))}
    />,
  )
}
