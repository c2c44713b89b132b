// pure · HTML in Markdown: comments are dropped, and tags, which would be shown as they are, are found
import type MarkdownIt from 'markdown-it'
import { short } from '../liquid/expression.ts'
import type { Marks } from '../marks.ts'
import { tagsIn } from './lines.ts'

/** What would be lost or shown as it was typed: refused when the text is saved. */
export interface Finding {
  /** As it stands in the text, marks included. */
  readonly quote: string
  readonly message: string
}

/** CommonMark 6.6, without quotation marks taken into account. @see https://spec.commonmark.org/0.31.2/#raw-html */
const tag = /<(?:\/?[a-z][a-z0-9-]*(?:\s[^<>]*)?\/?|\?[^<>]*\?|![a-z][^<>]*|!\[CDATA\[[^<>]*\]\])>/iy

/** Returns what the last `parse` found. Tags of Liquid within a comment stay, since Liquid comes first. */
export function findHtml(markdown: InstanceType<typeof MarkdownIt>, marks: Marks): () => readonly Finding[] {
  const found = new Map<string, Finding>()
  const lastClose = lastCloseOf()
  markdown.inline.ruler.before('autolink', 'html', (state, silent) => {
    const { src, pos } = state
    if (src[pos] !== '<') return false
    if (!src.startsWith('<!--', pos)) {
      tag.lastIndex = pos
      const quote = tag.exec(src)?.[0]
      if (quote !== undefined) found.set(quote, { quote, message: refusalOf(marks.without(quote)) })
      return false
    }
    if (lastClose(src) < pos + 2) {
      found.set('<!--', { quote: '<!--', message: 'This comment is never closed; it ends with -->.' })
      return false
    }
    const end = src.indexOf('-->', pos + 2) + 3
    if (!silent) state.pending += tagsIn(src.slice(pos, end), marks)
    state.pos = end
    return true
  })
  return () => [...found.values()]
}

const refusalOf = (html: string): string =>
  `"${short(html)}" is HTML, which is not available yet. Use Markdown, or write \\${short(html)} to show it as it is.`

/** Remembered: a text of many beginnings without an end would be searched to its end for each. */
function lastCloseOf(): (text: string) => number {
  let [last, at] = ['', -1]
  return (text) => {
    if (text !== last) [last, at] = [text, text.lastIndexOf('-->')]
    return at
  }
}
