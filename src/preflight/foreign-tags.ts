// pure · merge tags of other tools, which Assent would show as they are
import { readLiquid } from '../campaigns/render/liquid/liquid.ts'
import type { Writing } from '../campaigns/writing/content.ts'
import { type Check, checking } from './check.ts'

const check = checking('content')

const word = String.raw`[\p{L}_][\p{L}\p{N}_.:-]*`

/** Names that stand in single brackets in many texts otherwise. */
const inBrackets =
  'f_?name|l_?name|first[ _-]?name|last[ _-]?name|full[ _-]?name|name|e-?mail|company|city|unsubscribe(?:[ _-]?(?:link|url))?'

const patterns: readonly RegExp[] = [
  // Mailchimp
  /\*\|[^|\n]{1,80}\|\*/gu,
  // Brevo, Mailgun, Salesforce: `%FIRSTNAME%`, `%recipient.name%`, `%%name%%`; not `%E4%` of an address
  new RegExp(String.raw`(?<![\p{L}\p{N}%])%{1,2}(?![0-9A-Fa-f]{2}%)${word}%{1,2}(?![\p{L}\p{N}])`, 'gu'),
  // Mailjet, FluentCRM
  /\[\[[^[\]\n]{1,80}\]\]/gu,
  new RegExp(String.raw`(?<![\\[])\[(?:${inBrackets})\](?![(\][:])`, 'giu'),
  // MailerLite, Salesforce, templates of programs: `{$name}`, `{!Contact.Name}`, `{name}`, with a dollar before it or not
  new RegExp(String.raw`(?<![{\\])\{[$!]?${word}\}(?!\})`, 'gu'),
  // Word and Outlook, HubSpot's old form
  /<<\p{L}[^<>\n]{0,60}>>/gu,
  new RegExp(String.raw`##${word}##|@@${word}@@|\$\$${word}\$\$`, 'gu'),
]

/** A warning, since the signs may be meant so. */
export function foreignTagChecks({ subject, preheader, content }: Writing): readonly Check[] {
  const found = new Set([subject, preheader, withoutCode(content.body)].flatMap(foreignTagsIn))
  if (found.size === 0) return []
  const [first, second, third] = [...found].map((tag) => `“${tag}”`)
  const named = [first, second, third].filter((tag) => tag !== undefined).join(', ')
  return [
    check(
      'foreign_tags',
      'warn',
      found.size === 1
        ? `${named} looks like a merge field of another tool: everyone sees it as it is.`
        : `${named}${found.size > 3 ? ' and more' : ''} look like merge fields of another tool: everyone sees them as they are.`,
      'Write it like this: {{ subscriber.first_name }}. The editor lists the fields.',
    ),
  ]
}

/** In the words of the author, not in Liquid. */
const foreignTagsIn = (source: string): readonly string[] =>
  readLiquid(source, { has: () => true, known: [] }).pieces.flatMap((piece) =>
    piece.kind === 'text' ? patterns.flatMap((pattern) => piece.text.match(pattern) ?? []) : [],
  )

const withoutCode = (body: string): string =>
  body.replace(/^(`{3,}|~{3,})[\s\S]*?^\1/gm, '').replace(/`[^`\n]*`/g, '')
