// pure · one campaign's mail to one person, by the renderer of the send, and what is refused of a text
import { expect } from 'vitest'
import type { Addressee, CampaignInput } from '../../src/campaigns/render.ts'
import { compileCampaign, renderMail, renderMailSlow } from '../../src/campaigns/render.ts'
import { checkContent, type Writing } from '../../src/campaigns/writing/content.ts'
import { messages } from '../../src/i18n/messages.ts'

export const fields = ['first_name', 'city', 'site', 'points', 'vip', 'joined_on', 'size'].map((key) => ({
  key,
}))

export const writing = (body: string, more: Partial<Writing> = {}): Writing => ({
  subject: 'News',
  preheader: '',
  content: { format: 'markdown', body },
  ...more,
})

export const campaign = (text: Writing, more: Partial<CampaignInput> = {}): CampaignInput => ({
  id: '0193a8c0-0000-7000-8000-00000000c0de',
  writing: text,
  from: { name: 'Brand', email: 'news@brand.example' },
  replyTo: null,
  list: {
    id: '0193a8c0-0000-7000-8000-000000000001',
    slug: 'monthly',
    name: 'Monthly',
    controller: {
      name: 'Brand AB',
      address: 'Gatan 1\n111 22 Stockholm',
      contact_email: 'privacy@brand.example',
    },
  },
  words: { en: messages('en').footer, pl: messages('pl').footer, ru: messages('ru').footer },
  defaultLocale: 'en',
  publicUrl: 'https://lists.brand.example',
  setsMessageId: false,
  ...more,
})

export const person = (
  subscriber: Addressee['subscriber'] = {},
  more: Partial<Addressee> = {},
): Addressee => ({
  to: 'anna@mail.example',
  locale: 'en',
  subscriber,
  unsubscribeUrl: 'https://lists.brand.example/u/AQAAleave',
  preferencesUrl: 'https://lists.brand.example/p/AQAAchoose',
  agreedOn: '3 May 2026',
  tag: 'dGFnIG9mIHRoaXMgbWFpbCAwMTIzNDU2Nzg5MDEyMzQ1',
  ...more,
})

export interface Mail {
  readonly from: string
  readonly to: readonly string[]
  readonly reply_to?: string
  readonly subject: string
  readonly html: string
  readonly text: string
  readonly headers: Readonly<Record<string, string>>
  readonly tags: readonly { readonly name: string; readonly value: string }[]
}

/** Renders one person's mail, and checks the fast path against the slow one. */
export function mailOf(text: Writing, to: Addressee = person(), more: Partial<CampaignInput> = {}): Mail {
  const compiled = compileCampaign(campaign(text, more))
  const wire = renderMail(compiled, to)
  expect(wire).toBe(renderMailSlow(compiled, to))
  return JSON.parse(wire)
}

/** The body's HTML without the frame and styles. */
export const bodyHtml = (mail: Mail): string =>
  (
    /<td class="sheet"[^>]*>\n([\s\S]*?)<\/td><\/tr>\n<tr><td class="foot"/.exec(mail.html)?.[1] ?? 'no body'
  ).replace(/ style="[^"]*"/g, '')
export const html = (body: string, subscriber: Addressee['subscriber'] = {}): string =>
  bodyHtml(mailOf(writing(body), person(subscriber))).trim()

export const rule = '----------------------------------------'
export const text = (body: string, subscriber: Addressee['subscriber'] = {}): string =>
  mailOf(writing(body), person(subscriber)).text.split(rule)[0] ?? ''

export const faults = (body: string): readonly string[] =>
  checkContent(writing(body), fields).map(({ message }) => message)
