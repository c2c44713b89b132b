// pure · bare addresses as links: https://…, www.… and mail addresses. GFM 6.9
import MarkdownIt, { type Token } from 'markdown-it'
import { endsBlock, opensBlock } from '../liquid/liquid.ts'
import type { Marks } from '../marks.ts'
import { isTag } from './lines.ts'

/**
 * The parser's own rule for `https://` would take a tag behind the address for a part of it.
 * @see https://github.github.com/gfm/#autolinks-extension-
 */
export function linkBareAddresses(markdown: InstanceType<typeof MarkdownIt>, marks: Marks): void {
  const { linkify } = markdown
  // A word with a point in it is often no host: Node.js, see.Here
  linkify.set({ fuzzyLink: false })
  linkify.add('www.', {
    validate: (text, pos) => {
      const whole = `http://www.${/^\S*/.exec(text.slice(pos))?.[0] ?? ''}`
      const found = linkify.matchAtStart(whole)?.lastIndex ?? 0
      return /^[^./?#]+\./.test(whole.slice(11, found)) ? found - 11 : 0
    },
    normalize: (match) => {
      match.url = `http://${match.url}`
    },
  })
  const scheme = new RegExp(`(?:^|[^a-z0-9+.-]|${marks.tag})(https?)$`, 'i')
  markdown.inline.ruler.at('linkify', (state, silent) => {
    if (state.linkLevel > 0 || !state.src.startsWith('://', state.pos)) return false
    const name = scheme.exec(state.src.slice(Math.max(0, state.pos - 80), state.pos))?.[1]
    if (name === undefined) return false
    const rest = /^\S+/.exec(state.src.slice(state.pos))?.[0] ?? ''
    const url = linkify.matchAtStart(name + upToOuterTag(rest, marks))?.url.replace(/\*+$/, '')
    if (url === undefined || url.length <= name.length + 3) return false
    if (!silent) {
      state.pending = state.pending.slice(0, -name.length)
      const open = state.push('link_open', 'a', 1)
      open.attrs = [['href', markdown.normalizeLink(url)]]
      open.markup = 'linkify'
      open.info = 'auto'
      state.push('text', '', 0).content = url
      state.push('link_close', 'a', -1).markup = 'linkify'
    }
    state.pos += url.length - name.length
    return true
  })
  markdown.core.ruler.before('linkify', 'tags_apart', ({ tokens }) => {
    for (const token of tokens)
      if (token.children !== null) token.children = token.children.flatMap((child) => apart(child, marks))
  })
}

/** A block of tags that begins and ends within the address belongs to it. */
function upToOuterTag(text: string, marks: Marks): string {
  const open: number[] = []
  for (const { piece, at } of marks.find(text).filter(isTag)) {
    if (piece.kind !== 'tag') continue
    if (opensBlock(piece.name)) open.push(at)
    else if (open.length === 0) return text.slice(0, at)
    else if (endsBlock(piece.name)) open.pop()
  }
  return text.slice(0, open[0])
}

/** Tags of their own, so that they are not taken for a part of a mail address. */
function apart(token: Token, marks: Marks): readonly Token[] {
  if (token.type !== 'text') return [token]
  return token.content.split(new RegExp(`(${marks.tag})`)).map((content) => {
    const piece = new MarkdownIt.Token('text', '', 0)
    piece.content = content
    piece.level = token.level
    return piece
  })
}
