// pure · a campaign compiled once into a template of the provider's JSON, then filled with escaped values per person
import type { Template } from 'liquidjs'
import { type Locale, locales } from '../i18n/locale.ts'
import { withNoBreaks } from '../i18n/typography/no-break.ts'
import type { Controller } from '../lists/list.ts'
import { listHeaders } from '../mail/list-headers.ts'
import type { WireMail } from '../platform/deps.ts'
import { DomainError, type Fault } from '../platform/errors.ts'
import { perObject } from '../platform/memory/per-object.ts'
import { asciiJson, escapes } from './render/escapes.ts'
import type { FooterWords } from './render/footer.ts'
import { compileJson, type JsonTemplate, renderJson, weighAll } from './render/json-template.ts'
import { type Frame, htmlMail, mentions, textMail } from './render/layout.ts'
import { render, type Scope, templatesOf } from './render/liquid/engine.ts'
import { type Piece, readLiquid } from './render/liquid/liquid.ts'
import { type Mail, mailbox, mapMail } from './render/mail.ts'
import { renderMarkdown } from './render/markdown/markdown.ts'
import { createMarks, type Marks } from './render/marks.ts'
import { holdToSize, Measure } from './render/measure.ts'
import { placeMarks } from './render/places.ts'
import { faultsAtLaunch, inWords, type Writing } from './writing/content.ts'

export interface CampaignInput {
  /** Part of the Feedback-ID. */
  readonly id: string
  readonly writing: Writing
  readonly from: { readonly name: string; readonly email: string }
  readonly replyTo: string | null
  readonly list: {
    readonly id: string
    readonly slug: string
    readonly name: string
    readonly controller: Pick<Controller, 'name' | 'address' | 'contact_email'>
  }
  /** Footer texts in all languages of the list's subscribers, including the default. */
  readonly words: { readonly [locale in Locale]?: FooterWords }
  readonly defaultLocale: Locale
  /** Without a trailing slash. */
  readonly publicUrl: string
  /** Whether the mailer lets Assent set the Message-ID. */
  readonly setsMessageId: boolean
}

/** One mail's recipient, and the data that the mail may use. */
export interface Addressee {
  readonly to: string
  readonly locale: Locale
  /** `email` and the fields whose purposes this person granted. */
  readonly subscriber: Readonly<Record<string, string | number | boolean>>
  readonly unsubscribeUrl: string
  readonly preferencesUrl: string
  /** Formatted for the person; null if unknown. */
  readonly agreedOn: string | null
  /** Returned in the provider's events. */
  readonly tag: string
  /** With angle brackets; for mailers that can set it. */
  readonly messageId?: string | undefined
}

export interface CompiledCampaign {
  readonly input: CampaignInput
  readonly default: LocaleTemplates
  readonly locales: ReadonlyMap<Locale, LocaleTemplates>
  /** Largest mail to a subscriber without fields, all branches of conditions counted. */
  readonly octets: number
}

interface LocaleTemplates {
  readonly locale: Locale
  readonly words: FooterWords
  readonly json: JsonTemplate
}

/**
 * Once per campaign and process. Throws DomainError `invalid` as checkContent would, except for fields deleted since, which render
 * as absent. Throws TooMuch if the mail is too large for a subscriber without fields.
 */
export function compileCampaign(input: CampaignInput): CompiledCampaign {
  refuse(faultsAtLaunch(input.writing))
  const compiled = markedLocales(input).map((one) => ({ ...compileLocale(one), octets: weigh(input, one) }))
  const byLocale = new Map(compiled.map((one) => [one.locale, one]))
  const fallback = byLocale.get(input.defaultLocale)
  if (fallback === undefined) throw new Error('the words of the default locale are missing')
  for (const one of compiled) renderJson(one.json, scopeOf(input, one, nobody))
  return {
    input,
    default: fallback,
    locales: byLocale,
    octets: Math.max(...compiled.map(({ octets }) => octets)),
  }
}

function refuse(faults: readonly Fault[]): void {
  if (faults.length > 0)
    throw new DomainError('invalid', 'This campaign cannot be sent. Please fix its text.', { faults })
}

/** Estimated memory: the texts, and some 500 octets per value. */
export const weightOf = ({ input, locales: compiled }: CompiledCampaign): number =>
  Array.from(compiled.values(), ({ json }) => json.octets + 500 * json.holes.length).reduce(
    (sum, one) => sum + one,
    input.writing.content.body.length,
  )

const nobody: Addressee = {
  to: '',
  locale: 'en',
  subscriber: {},
  unsubscribeUrl: '',
  preferencesUrl: '',
  agreedOn: null,
  tag: '',
}

/** The mail as JSON text. The same campaign and person always give the same bytes. */
export function renderMail(compiled: CompiledCampaign, person: Addressee): WireMail {
  const templates = templatesFor(compiled, person)
  return renderJson(templates.json, scopeOf(compiled.input, templates, person))
}

/** The same bytes by liquidjs and JSON.stringify. A test compares renderMail with it. */
export function renderMailSlow(compiled: CompiledCampaign, person: Addressee): WireMail {
  const templates = templatesFor(compiled, person)
  const scope = scopeOf(compiled.input, templates, person)
  const json = JSON.stringify(
    mapMail(slowTemplates(compiled, templates.locale), (text) => render(text, scope)),
  )
  return templates.json.wrapping === 'json' ? json : asciiJson(json)
}

/** On demand: kept beside the fast templates, these were most of a campaign's weight. */
const slowOf = perObject(
  ({ input }: CompiledCampaign) =>
    new Map(
      markedLocales(input).map(({ inLocale, mail }) => [
        inLocale.locale,
        mapMail(mail, (text) => templatesOf(inLocale.marks.parts(text), 'mail')),
      ]),
    ),
)

function slowTemplates(compiled: CompiledCampaign, locale: Locale): Mail<Template[]> {
  const found = slowOf(compiled).get(locale)
  if (found === undefined) throw new Error('a locale was not compiled')
  return found
}

export const templatesFor = (compiled: CompiledCampaign, person: Addressee): LocaleTemplates =>
  compiled.locales.get(person.locale) ?? compiled.default

export function scopeOf(
  { list }: CampaignInput,
  { locale, words }: Pick<LocaleTemplates, 'locale' | 'words'>,
  person: Addressee,
): Scope {
  const { agreedOn } = person
  return {
    measure: new Measure(),
    subscriber: person.subscriber,
    list: { name: list.name },
    unsubscribe_url: person.unsubscribeUrl,
    preferences_url: person.preferencesUrl,
    mail: {
      locale,
      to: person.to,
      tag: person.tag,
      message_id: person.messageId ?? '',
      why: withNoBreaks(
        locale,
        agreedOn === null ? words.whyUndated(list.name) : words.why(list.name, agreedOn),
      ),
    },
  }
}

/** Marks for the Liquid, and the links and words that every reader sees. */
interface MarkedWriting {
  readonly subject: string
  readonly preheader: string
  readonly html: string
  readonly text: string
  readonly links: ReadonlySet<string>
  readonly words: string
}

function markWriting(writing: Writing, marks: Marks): MarkedWriting {
  const pieces = (source: string): readonly Piece[] =>
    readLiquid(source, { has: () => true, known: [] }).pieces
  const { html, text, problems } = renderMarkdown(marks.addAll(pieces(writing.content.body)), marks)
  const placed = placeMarks(html, marks)
  refuse(inWords([...problems, ...placed.problems]))
  return {
    subject: marks.addAll(pieces(writing.subject)),
    preheader: marks.addAll(pieces(writing.preheader)),
    html,
    text,
    ...placed.always,
  }
}

interface InLocale {
  readonly locale: Locale
  readonly words: FooterWords
  readonly marks: Marks
}

export interface MarkedLocale {
  readonly inLocale: InLocale
  readonly mail: Mail<string>
}

/** One per language. */
export function markedLocales(input: CampaignInput): readonly MarkedLocale[] {
  const marks = createMarks(JSON.stringify(input))
  const text = markWriting(input.writing, marks)
  return locales.flatMap((locale) => {
    const words = input.words[locale]
    if (words === undefined) return []
    const inLocale = { locale, words, marks }
    const mail = mapMail(markedMail(input, text, inLocale), (one) => one.toWellFormed())
    return [{ inLocale, mail }]
  })
}

function compileLocale({ inLocale, mail }: MarkedLocale): LocaleTemplates {
  const { locale, words, marks } = inLocale
  return { locale, words, json: compileJson(marks.parts(JSON.stringify(mail))) }
}

function weigh(input: CampaignInput, { inLocale, mail }: MarkedLocale): number {
  const scope = scopeOf(input, inLocale, nobody)
  // The constant part has a known size.
  holdToSize(Buffer.byteLength(inLocale.marks.without(mail.html + mail.text)))
  weighAll(inLocale.marks.parts(JSON.stringify(mail)), scope)
  return scope.measure.octets
}

/** The whole mail, with a placed mark for each personal value. */
function markedMail(input: CampaignInput, text: MarkedWriting, inLocale: InLocale): Mail<string> {
  const { marks } = inLocale
  const inHeader = (marked: string): string => marks.put(marked, () => 'header')
  const frame = frameOf(input, text, inLocale)
  return {
    from: mailbox(input.from),
    to: [inHeader(slot(marks, 'mail', 'to'))],
    ...(input.replyTo === null ? {} : { reply_to: escapes.header(input.replyTo) }),
    subject: inHeader(text.subject),
    html: placeMarks(htmlMail(text.html, frame), marks).html,
    text: marks.put(textMail(text.text, frame), () => 'plain'),
    headers: {
      ...listHeaders({
        listId: input.list.id,
        listName: input.list.name,
        slug: input.list.slug,
        contactEmail: input.list.controller.contact_email,
        publicUrl: input.publicUrl,
        campaign: input.id,
        unsubscribeUrl: inHeader(slot(marks, 'unsubscribe_url')),
      }),
      ...(input.setsMessageId ? { 'Message-ID': inHeader(slot(marks, 'mail', 'message_id')) } : {}),
    },
    tags: [{ name: 'assent', value: inHeader(slot(marks, 'mail', 'tag')) }],
  }
}

/** The footer offers what the text does not offer to everyone. */
function frameOf({ list }: CampaignInput, text: MarkedWriting, { locale, words, marks }: InLocale): Frame {
  const ways = [
    { root: 'unsubscribe_url', words: words.leave },
    { root: 'preferences_url', words: words.preferences },
  ]
  const { name, address, contact_email } = list.controller
  return {
    locale,
    subject: text.subject,
    preheader: text.preheader,
    why: slot(marks, 'mail', 'why'),
    links: ways
      .filter(({ root }) => !text.links.has(root))
      .map((way) => ({ words: way.words, url: slot(marks, way.root) })),
    addressLines: [
      ...(mentions(text.words, address)
        ? []
        : [name, ...address.split('\n')].map((line) => withNoBreaks(locale, line))),
      ...(text.words.toLowerCase().includes(contact_email.toLowerCase())
        ? []
        : [words.contact(contact_email)]),
    ],
  }
}

/** For values outside the marketer's text. */
const slot = (marks: Marks, root: string, key: string | null = null): string =>
  marks.add({
    kind: 'output',
    source: key === null ? root : `${root}.${key}`,
    expression: { operand: { kind: 'variable', root, key }, filters: [] },
    line: 0,
  })
