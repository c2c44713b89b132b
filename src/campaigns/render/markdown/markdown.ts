// pure · Markdown to mail HTML: no HTML, checked links, inline styles, tags between the blocks that they choose among
import MarkdownIt, { type RendererRule, type StateBlock, type Token } from 'markdown-it'
import { escapes } from '../escapes.ts'
import { short } from '../liquid/expression.ts'
import type { Problem } from '../liquid/liquid.ts'
import type { Found, Marks } from '../marks.ts'
import { countMarkup, holdToDepth, holdToMarkup, holdToSize, maxNested } from '../measure.ts'
import { linkBareAddresses } from './bare-links.ts'
import { type Finding, findHtml } from './html.ts'
import { placeLifted } from './lifted-places.ts'
import { rowsTooWide } from './lifted-rows.ts'
import { liftTags } from './lifted-tags.ts'
import { plainText } from './plain-text.ts'
import { keepSignatures } from './signature.ts'
import { withPlainSpaces } from './spaces.ts'

export interface MarkdownMail {
  /** Marks have no place yet. */
  readonly html: string
  /** Every mark has its place. */
  readonly text: string
  readonly problems: readonly Problem[]
  readonly findings: readonly Finding[]
}

/**
 * As HTML and as plain text. Throws TooMuch, before rendering, if the result would exceed the size of a mail or the markup would
 * exhaust time or memory.
 */
export function renderMarkdown(marked: string, marks: Marks): MarkdownMail {
  holdToMarkup(marked)
  const markdown = new MarkdownIt({ html: false, linkify: true, typographer: false, breaks: false })
  // The parser silently drops content nested deeper, so its limit lies above ours.
  markdown.set({ maxNesting: maxNested + 10 })
  countTokens(markdown)
  // Bad addresses are reported below instead of shown as brackets.
  markdown.validateLink = () => true
  const takeLifted = liftTags(markdown, marks)
  const takeHtml = findHtml(markdown, marks)
  linkBareAddresses(markdown, marks)
  keepSignatures(markdown)
  const rules: Record<string, RendererRule> = {
    tag_line: (tokens, at) => `${tokens[at]?.content ?? ''}\n`,
    fence: (tokens, at) => preformatted(tokens[at]),
    code_block: (tokens, at) => preformatted(tokens[at]),
  }
  Object.assign(markdown.renderer.rules, rules)
  const plain = withPlainSpaces(marked, marks.tag)
  const { tokens: parsed, lifted } = takeLifted(markdown.parse(plain, {}))
  const tokens = placeLifted(parsed, lifted)
  holdToDepth(depthOf(tokens))
  for (const token of tokens)
    if (token.children !== null) token.children = withOwnLinks(withoutBadLinks(token.children, marks), marks)
  const all = tokens.flatMap((token) => [token, ...everyChild(token)])
  for (const token of all) style(token)
  fitPictures(tokens, marks)
  // References multiply: one long address behind a thousand short references is a thousand long addresses.
  holdToSize(all.reduce((sum, token) => sum + sizeOf(token), 0))
  return {
    html: markdown.renderer.render(tokens, markdown.options, {}),
    text: plainText(tokens, marks),
    problems: [
      ...all.flatMap((token) => addressProblems(token, marks)),
      ...all.flatMap((token) => emptyLinks(token.children ?? [], marks)),
    ],
    findings: [...takeHtml(), ...rowsTooWide(tokens, plain.split('\n'), marks.tag)],
  }
}

/** Every markup token is an object; parsing stops once there are too many. */
function countTokens(markdown: InstanceType<typeof MarkdownIt>): void {
  let count = 0
  markdown.block.State = class extends markdown.block.State {
    override push(...args: Parameters<StateBlock['push']>): Token {
      count += 1
      countMarkup(count)
      return super.push(...args)
    }
  }
  markdown.inline.State = class extends markdown.inline.State {
    override push(...args: Parameters<StateBlock['push']>): Token {
      count += 1
      countMarkup(count)
      return super.push(...args)
    }
  }
}

function depthOf(tokens: readonly Token[]): number {
  let depth = 0
  let deepest = 0
  for (const token of tokens) {
    depth += token.nesting
    const inside = token.children === null ? 0 : depthOf(token.children)
    deepest = Math.max(deepest, depth + inside)
  }
  return deepest
}

/** Lower bound of its HTML; escapes may add octets. */
const sizeOf = ({ tag, content, attrs, children }: Token): number =>
  2 * tag.length +
  (tag === '' ? 0 : 5) +
  (children === null ? content.length : 0) +
  (attrs ?? []).reduce((sum, [name, value]) => sum + name.length + String(value).length + 4, 0)

/** A bare address that may not be a link stays text. */
function withoutBadLinks(tokens: readonly Token[], marks: Marks): readonly Token[] {
  let isBad = false
  return tokens.filter((token) => {
    if (token.markup !== 'linkify') return true
    if (token.nesting === 1) isBad = linkProblem(String(token.attrGet('href')), marks) !== null
    return !isBad
  })
}

/** Turns the bare unsubscribe and preference addresses into links. */
function withOwnLinks(tokens: readonly Token[], marks: Marks): Token[] {
  let linksOpen = 0
  return tokens.flatMap((token) => {
    if (token.tag === 'a') linksOpen += token.nesting
    if (token.type !== 'text' || linksOpen > 0) return [token]
    const own = marks.find(token.content).filter(isOwnAddress)
    const ends = own.map(({ mark, at }) => at + mark.length)
    const before = own.flatMap(({ mark, at }, index) => [
      textToken(token.content.slice(ends[index - 1] ?? 0, at)),
      ...ownLink(mark),
    ])
    return [...before, textToken(token.content.slice(ends.at(-1) ?? 0))]
  })
}

function isOwnAddress({ piece }: Found): boolean {
  if (piece.kind !== 'output' || piece.expression.filters.length > 0) return false
  const { operand } = piece.expression
  return operand.kind === 'variable' && ['unsubscribe_url', 'preferences_url'].includes(operand.root)
}

function ownLink(mark: string): readonly Token[] {
  const open = new MarkdownIt.Token('link_open', 'a', 1)
  open.attrs = [['href', mark]]
  open.info = 'auto'
  return [open, textToken(mark), new MarkdownIt.Token('link_close', 'a', -1)]
}

function textToken(content: string): Token {
  const token = new MarkdownIt.Token('text', '', 0)
  token.content = content
  return token
}

const everyChild = (token: Token): readonly Token[] =>
  (token.children ?? []).flatMap((child) => [child, ...everyChild(child)])

const line = '1px solid #d8d3c8'
const code = 'font-family:Menlo,Consolas,monospace;font-size:14px'

/** Inline, since many mailboxes drop style sheets. Outlook for Windows knows padding on table cells only. */
const styles: Readonly<Record<string, string>> = {
  p: 'margin:0 0 16px',
  h1: 'margin:0 0 16px;font-size:26px;line-height:1.25;font-weight:700',
  h2: 'margin:28px 0 12px;font-size:20px;line-height:1.3;font-weight:700',
  h3: 'margin:24px 0 8px;font-size:17px;line-height:1.4;font-weight:700',
  ul: 'margin:0 0 16px 24px;padding:0',
  ol: 'margin:0 0 16px 24px;padding:0',
  li: 'margin:0 0 6px',
  blockquote: 'margin:0 0 16px;padding:0 0 0 16px;border-left:3px solid #c9c3b6',
  a: 'color:#1a5f7a;text-decoration:underline',
  img: 'width:auto;max-width:100%;height:auto;border:0',
  hr: `margin:24px 0;border:0;border-top:${line}`,
  table: 'margin:0 0 16px;border-collapse:collapse;width:100%',
  th: `padding:6px 8px;border-bottom:${line};font-weight:700;text-align:left`,
  td: `padding:6px 8px;border-bottom:${line};vertical-align:top`,
  code,
}

function style(token: Token): void {
  const own = styles[token.tag]
  if (own === undefined || token.nesting === -1 || token.type === 'fence' || token.type === 'code_block')
    return
  const given = token.attrGet('style')
  token.attrSet('style', given === null ? own : `${own};${given}`)
}

/** The column of templates/campaign.html.liquid: 600 without its padding. */
const columnPixels = 536

/**
 * Outlook for Windows knows no max-width of a picture, and one wider than the column breaks the frame: a picture that stands alone
 * has the width of the column there. A fixed line height would cut off every picture.
 */
function fitPictures(tokens: readonly Token[], marks: Marks): void {
  const tags = new RegExp(marks.tag, 'g')
  tokens.forEach(({ children }, at) => {
    const pictures = children?.filter(({ type }) => type === 'image') ?? []
    if (pictures.length === 0) return
    const block = [tokens[at - 1], tokens[at - 2]].find((one) => one?.hidden === false)
    block?.attrJoin('class', 'picture')
    const isAlone = children?.every(
      ({ type, content }) => type !== 'text' || content.replace(tags, '').trim() === '',
    )
    if (pictures.length === 1 && isAlone === true) pictures[0]?.attrSet('width', String(columnPixels))
  })
}

function preformatted(token: Token | undefined): string {
  const text = escapes.text(token?.content ?? '')
  return `<pre style="margin:0 0 16px;white-space:pre-wrap;${code}"><code>${text}</code></pre>\n`
}

/** A link without words is invisible. */
function emptyLinks(tokens: readonly Token[], marks: Marks): readonly Problem[] {
  const problems: Problem[] = []
  let open: { readonly href: string; isEmpty: boolean } | null = null
  for (const token of tokens) {
    if (token.type === 'link_open') open = { href: String(token.attrGet('href')), isEmpty: true }
    else if (token.type === 'link_close') {
      if (open?.isEmpty === true) problems.push(...problemAs('has no words.', 'link', open.href, marks))
      open = null
    } else if (open !== null && (token.type !== 'text' || token.content.trim() !== '')) open.isEmpty = false
  }
  return problems
}

function addressProblems(token: Token, marks: Marks): readonly Problem[] {
  const href = token.attrGet('href')
  if (typeof href === 'string') return problemAs(linkProblem(href, marks), 'link', href, marks)
  const src = token.attrGet('src')
  return typeof src === 'string' ? problemAs(pictureProblem(src, marks), 'picture', src, marks) : []
}

const problemAs = (
  problem: string | null,
  what: string,
  address: string,
  marks: Marks,
): readonly Problem[] =>
  problem === null
    ? []
    : [{ line: null, message: `The ${what} "${short(marks.without(address))}" ${problem}` }]

/** A value may be a whole address or follow the host; within the host it could impersonate the sender. */
function linkProblem(href: string, marks: Marks): string | null {
  const [first] = marks.find(href)
  if (first?.at === 0)
    return first.piece.kind === 'output'
      ? null
      : 'must not begin with a tag: write the whole link in each branch.'
  const fixed = first === undefined ? href : href.slice(0, first.at)
  if (/^(?:mailto|tel):/i.test(fixed)) return null
  if (!/^https?:\/\//i.test(fixed)) return 'must begin with https://, http://, mailto: or tel:.'
  if (first === undefined) return URL.canParse(href) ? null : 'is not a complete address.'
  return /^https?:\/\/[^/?#]+[/?#]/i.test(fixed)
    ? null
    : 'must name its host itself; merge fields may follow behind it.'
}

function pictureProblem(src: string, marks: Marks): string | null {
  if (marks.find(src).length > 0)
    return 'must be the same for everyone: a picture of one person would tell when that person opens the mail.'
  return /^https?:\/\//i.test(src) && URL.canParse(src) ? null : 'must begin with https:// or http://.'
}
