// view · public pages and service mail: contents, kept values, escaping, omissions
import { describe, expect, it } from 'vitest'
import { type Locale, locales } from '../../src/i18n/locale.ts'
import { messages } from '../../src/i18n/messages.ts'
import { renderServiceMail } from '../../src/outbox/service-layout.ts'
import { LeavePage } from '../../src/preferences/unsubscribe-pages.tsx'
import { alreadySubscribedMail, confirmationMail } from '../../src/signup/confirmation/mails.ts'
import { AlreadyPage } from '../../src/signup/confirmation/pages.tsx'
import { assets, stylesheetHref } from '../../src/ui/assets.ts'
import { brandColors, brandCss, contrast, rgbOf } from '../../src/ui/brand.ts'
import { noticeOf, publicPages } from '../support/public-pages.tsx'

const evil = `"><script>alert('x')</script>`
const written = { list: evil, controller: evil, jurisdiction: 'SE', label: evil, other: evil }
const at = new Date('2026-05-03T10:02:00Z')

const pagesIn = (locale: Locale): Readonly<Record<string, string>> => publicPages(locale, written)

const page = (name: string): string => pagesIn('en')[name] ?? ''

describe.each(locales)('every public page in %s', (locale) => {
  const pages = Object.entries(pagesIn(locale))

  it.each(pages)(
    '%s is one document in that language with one heading, one main part and a title',
    (_, html) => {
      expect(html).toMatch(/^<!doctype html><html lang="[a-z]{2}">/)
      expect(html).toContain(`<html lang="${locale}">`)
      expect(html).toMatch(/<title>[^<]+<\/title>/)
      expect(html.match(/<main /g)).toHaveLength(1)
      expect(html.replace(/<div class="specimen".*/s, '').match(/<h1>/g)).toHaveLength(1)
    },
  )

  it.each(pages)('%s escapes whatever it was given', (_, html) => {
    expect(html).not.toContain('<script')
    expect(html).not.toContain(`"><`.repeat(2))
  })

  it.each(pages)(
    '%s lives with its content security policy: no script, no inline style, nothing from elsewhere',
    (_, html) => {
      expect(html).not.toMatch(/\sstyle=|<style|\son[a-z]+="|javascript:|["'(]data:|https?:\/\//)
      expect(html.match(/<link [^>]*>/g)).toEqual(
        expect.arrayContaining([`<link rel="stylesheet" href="${stylesheetHref}"/>`]),
      )
    },
  )

  it.each(pages)('%s labels every control and gives no two things one id', (_, html) => {
    const visible = html.replace(/<div class="specimen".*/s, '')
    const ids = [...visible.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const labelled = [...visible.matchAll(/<label[^>]* for="([^"]*)"/g)].map(([, id]) => id)
    for (const [control] of visible.matchAll(/<(?:input|select)[^>]*>/g))
      if (!control.includes('type="hidden"')) expect(labelled).toContain(/\sid="([^"]*)"/.exec(control)?.[1])
    for (const [, described] of visible.matchAll(/aria-describedby="([^"]*)"/g))
      for (const id of (described ?? '').split(' ')) expect(ids).toContain(id)
  })
})

describe('a page made to be found and shared', () => {
  it('has a title, a description and a mark, in the words of the list', () => {
    const html = page('signup')
    const escaped = '&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;'
    expect(html).toContain(`<meta name="description" content="${escaped}"/>`)
    expect(html).toContain(`<meta property="og:description" content="${escaped}"/>`)
    expect(html).toContain(`<meta property="og:title" content="Subscribe to ${escaped}"/>`)
    expect(html).toContain('<link rel="icon" type="image/svg+xml" href="/s/monthly/icon.svg?v=4"/>')
  })

  it('is none behind a link of a mail', () => {
    for (const name of ['confirm', 'confirmed', 'leave', 'preferences'])
      expect(page(name)).not.toMatch(/name="description"|property="og:/)
  })
})

describe('a name written from right to left', () => {
  it('stands apart from the signs around it in every sentence that holds it. Unicode UAX 9', () => {
    const name = 'رسالة الحديقة'
    const html = String(<LeavePage frame={{ locale: 'en', controller: name }} list={name} />)
    expect(html).toContain(`<h1>Unsubscribe from <bdi>${name}</bdi>?</h1>`)
    expect(html).toContain(`<bdi>${name}</bdi></header>`)
    expect(String(<LeavePage frame={{ locale: 'en' }} list="Letter" />)).toContain(
      '<h1>Unsubscribe from Letter?</h1>',
    )
  })
})

describe('a box with a hint', () => {
  it('is named by its label alone, so that the hint is read once', () => {
    const html = page('preferences')
    expect(html).toMatch(
      /aria-labelledby="f-purpose-clicks-name"[^>]*aria-describedby="f-purpose-clicks-hint"/,
    )
    expect(html).toMatch(/<span id="f-purpose-clicks-name">[^<]+<\/span>/)
  })
})

describe('a visitor of the form', () => {
  it('finds boxes empty, the trap out of reach, and the hidden fields the server needs', () => {
    const html = page('signup')
    expect(html).not.toMatch(/\schecked/)
    expect(html).toContain('name="stamp" value="the-stamp"')
    expect(html).toContain('name="locale" value="en"')
    expect(html).toMatch(/name="leave-empty"[^>]*autocomplete="off"[^>]*tabindex="-1"[^>]*aria-hidden="true"/)
    expect(html).toContain('<form method="post" action="/s/monthly"')
    expect(html).not.toContain('noindex')
  })

  it('is shown exactly the form that the notice keeps. EDPB 05/2020, 108', () => {
    const notice = noticeOf('en', written)
    const fields = notice.form.html.slice(
      notice.form.html.indexOf('<div class="fields">'),
      notice.form.html.lastIndexOf('<button'),
    )
    expect(page('signup')).toContain(fields)
  })

  it('finds what was typed after a mistake, and beside each field what to mend', () => {
    const html = page('refusedForm')
    const escaped = '&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;'
    expect(html).toMatch(new RegExp(`name="email"|value="${escaped}"`))
    expect(html).toContain(`value="${escaped}"`)
    expect(html).toContain('value="forty"')
    expect(html).toMatch(/<option value="SE" selected/)
    expect(html).toMatch(/id="f-purpose-offers"[^>]*\schecked/)
    expect(html).not.toMatch(/id="f-purpose-clicks"[^>]*\schecked/)
    expect(html).toMatch(/id="f-owner"[^>]*\schecked/)
    expect(html).toMatch(/id="f-also-jobs"[^>]*\schecked/)
    expect(html).toMatch(/id="f-email"[^>]*aria-invalid="true"[^>]*aria-describedby="f-email-fault"/)
    expect(html).toContain('role="alert"')
    expect(html).toContain('href="#f-email"')
    expect(html).toContain('<title>Please check: ')
  })
})

describe('somebody with a link from a confirmation mail', () => {
  it('sees what was asked, by whom and when, and one form for each answer', () => {
    const html = page('confirm')
    expect(html).toContain('3 May 2026 at 10:02\u00a0UTC')
    expect(html.match(/<form method="post"/g)).toHaveLength(2)
    expect(html.match(/name="nonce" value="the-nonce"/g), 'only the yes needs it').toHaveLength(1)
    expect(html).toContain('name="action" value="refuse"')
    expect(html).toMatch(/name="block" value="1"(?![^>]*checked)/)
    expect(html).not.toContain('name="code"')
    expect(html).toContain('noindex')
  })

  it('is asked for six digits in code mode, and told how many tries are left', () => {
    expect(page('confirmCode')).toMatch(
      /inputmode="numeric"[^>]*name="code"|name="code"[^>]*inputmode="numeric"/,
    )
    expect(page('confirmCode')).toContain('2 tries left')
  })

  it('cannot try for ever', () => {
    expect(page('codeUsedUp')).not.toContain('name="code"')
    expect(page('codeUsedUp')).toContain('href="/s/monthly"')
  })

  it('is told about several lists in one sentence', () => {
    const html = String(<AlreadyPage frame={{ locale: 'en' }} lists={[{ name: 'One' }, { name: 'Two' }]} />)
    expect(html).toContain('Your subscriptions to One and Two are already confirmed.')
    expect(String(<AlreadyPage frame={{ locale: 'en' }} lists={[]} />)).not.toContain('already confirmed')
  })
})

describe('the preference page', () => {
  it('shows only what is granted, ticked, to be unticked', () => {
    const html = page('preferences')
    expect(html.match(/type="checkbox"[^>]*checked/g)).toHaveLength(3)
    expect(page('noPreferences')).not.toContain('<form')
  })
})

describe('an error', () => {
  it('falls back to words that fit its kind', () => {
    expect(page('teapot')).toContain(messages('en').errors[400].title)
    expect(page('error')).toContain('give this reference')
    expect(page('error')).toContain('<a href="/s/monthly">')
  })
})

describe('the colour of a brand', () => {
  const surfaces = { light: ['#f6f4ef', '#fffefb', '#f1eee6'], dark: ['#15181a', '#1d2123', '#292e30'] }

  it.each(['#000000', '#ffffff', '#ffd400', '#0a2a5e', '#e4002b', '#7f7f7f', '#00ff00', '#abc'])(
    'stays readable on every surface, light and dark: %s',
    (color) => {
      const css = brandCss(color)
      const modes = { light: css.slice(0, css.indexOf('@media')), dark: css.slice(css.indexOf('@media')) }
      for (const mode of ['light', 'dark'] as const) {
        const of = (name: string) =>
          rgbOf(new RegExp(`--${name}:(#[0-9a-f]{6})`).exec(modes[mode])?.[1] ?? '') ?? [0, 0, 0]
        expect(contrast(of('on-accent'), of('accent'))).toBeGreaterThanOrEqual(4.5)
        expect(contrast(of('on-accent'), of('accent-hover'))).toBeGreaterThanOrEqual(4.5)
        for (const surface of surfaces[mode])
          expect(contrast(of('accent-text'), rgbOf(surface) ?? [0, 0, 0])).toBeGreaterThanOrEqual(4.5)
      }
    },
  )

  it.each(['#000000', '#ffffff', '#ffd400', '#0a2a5e', '#e4002b', '#7f7f7f', '#00ff00', '#abc'])(
    'fills the button of the mail, whose label stays readable: %s',
    (color) => {
      const mail = alreadySubscribedMail({
        locale: 'en',
        zone: 'UTC',
        color,
        controller: {
          name: 'B',
          address: 'S',
          contact_email: 'p@brand.example',
          dpo_email: null,
          jurisdiction: 'SE',
          representative: null,
        },
        list: 'Letter',
        requestedAt: at,
        preferencesUrl: 'https://lists.brand.example/p/token',
        leaveUrl: 'https://lists.brand.example/u/token',
      })
      const { html } = renderServiceMail(mail)
      const { light, dark } = brandColors(color) ?? {}
      const [, fill = '', label = ''] =
        /<a href="[^"]+" style="[^"]*background:(#\w+);[^"]*color:(#\w+);font-weight/.exec(html) ?? []
      expect([fill, label]).toEqual([light?.fill, light?.label])
      const [, darkFill = '', darkLabel = ''] =
        /\.button a \{ background: (#\w+) !important;.* color: (#\w+) !important/.exec(html) ?? []
      expect([darkFill, darkLabel]).toEqual([dark?.fill, dark?.label])
      for (const [one, other] of [
        [fill, label],
        [darkFill, darkLabel],
      ])
        expect(
          contrast(rgbOf(one ?? '') ?? [0, 0, 0], rgbOf(other ?? '') ?? [0, 0, 0]),
        ).toBeGreaterThanOrEqual(4.5)
    },
  )

  it('is left out where there is none, or where it is something else than a colour', () => {
    expect(brandCss(null)).toBe('')
    expect(brandCss('red;}body{display:none')).toBe('')
  })

  it('speaks of the surfaces that the style sheet has', () => {
    for (const surface of [...surfaces.light, ...surfaces.dark])
      expect(assets['public.css']?.body).toContain(surface)
  })
})

describe('a confirmation mail', () => {
  const mailIn = (locale: (typeof locales)[number], code: string | null = null) => {
    const mail = confirmationMail({
      locale,
      zone: 'UTC',
      color: null,
      controller: {
        name: evil,
        address: 'Storgatan 1\n111 22 Stockholm',
        contact_email: 'privacy@brand.example',
        dpo_email: 'dpo@brand.example',
        jurisdiction: 'SE',
        representative: null,
      },
      lists: [
        {
          name: 'Letter & Co',
          purposes: ['Letter & Co', 'Clicks'],
          noticeUrl: 'https://lists.brand.example/n/hash',
        },
      ],
      requestedAt: at,
      expiresAt: new Date('2026-05-10T10:02:00Z'),
      confirmUrl: 'https://lists.brand.example/c/token',
      code,
    })
    return { ...mail, ...renderServiceMail(mail) }
  }

  it.each(locales)(
    'says in %s what was asked, when, until when, how to refuse, and who is responsible',
    (locale) => {
      const { subject, html, text } = mailIn(locale)
      expect(subject).toContain('Letter & Co')
      for (const part of [text, html.replaceAll('&amp;', '&')]) {
        for (const words of [
          'Letter & Co: Clicks',
          '10:02\u00a0',
          'https://lists.brand.example/c/token',
          '#not-me',
        ])
          expect(part).toContain(words)
        for (const words of [
          'https://lists.brand.example/n/hash',
          'privacy@brand.example',
          'dpo@brand.example',
          '111 22 Stockholm',
        ])
          expect(part).toContain(words)
      }
      expect(text).not.toMatch(/\n{3}|undefined|\[object/)
    },
  )

  it('ends with the sender after the sign that mail programs know. RFC 3676, 4.3', () => {
    expect(mailIn('en').text).toMatch(/\n-- \n"><script>alert\('x'\)<\/script>\nStorgatan 1\n/)
  })

  it('loads nothing, measures nothing and escapes what it is given', () => {
    const { html, text } = mailIn('en')
    expect(html).not.toMatch(/<img|<script|url\(|@import|src=/)
    expect(text).toContain(evil)
  })

  it('holds the code in code mode only', () => {
    expect(mailIn('en').text).not.toContain('code')
    expect(mailIn('en', '042817').text).toContain('Your code: 042817')
    expect(mailIn('en', '042817').html).toContain('042817')
  })

  it('is the same, byte for byte, whenever it is made', () => {
    expect(mailIn('pl', '123456')).toEqual(mailIn('pl', '123456'))
  })
})

describe('a mail to somebody who is subscribed already', () => {
  it.each(locales)('says in %s that nothing changed, and how to see or stop it', (locale) => {
    const mail = alreadySubscribedMail({
      locale,
      zone: 'UTC',
      color: null,
      controller: {
        name: 'Brand AB',
        address: 'Storgatan 1',
        contact_email: 'privacy@brand.example',
        dpo_email: null,
        jurisdiction: 'SE',
        representative: null,
      },
      list: 'Letter',
      requestedAt: at,
      preferencesUrl: 'https://lists.brand.example/p/token',
      leaveUrl: 'https://lists.brand.example/u/token',
    })
    const { html, text } = renderServiceMail(mail)
    for (const part of [html, text])
      for (const words of [
        'https://lists.brand.example/p/token',
        'https://lists.brand.example/u/token',
        '10:02\u00a0',
      ])
        expect(part).toContain(words)
    expect(mail.subject).toContain('Letter')
  })
})
