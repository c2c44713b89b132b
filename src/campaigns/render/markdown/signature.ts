// pure · two hyphens on a line of their own, as before a signature: a line of the letter, never the sign of a heading. RFC 3676, 4.3

import type MarkdownIt from 'markdown-it'
import type { Token } from 'markdown-it'

/**
 * Markdown makes a heading of the line above `--`, and joins the line below. In the text part the space behind `--` is left out:
 * mail programs cut off what follows `-- `, and the link that unsubscribes follows the letter.
 */
export function keepSignatures(markdown: InstanceType<typeof MarkdownIt>): void {
  markdown.core.ruler.before('inline', 'signature', ({ tokens, src }) => {
    const lines = src.split('\n')
    for (const [at, token] of tokens.entries()) {
      if (token.type === 'heading_open' && isUnderlined(token, lines)) asParagraph(tokens, at)
      if (token.type === 'inline') token.content = withBreaks(token.content)
    }
  })
}

const isUnderlined = ({ markup, map }: Token, lines: readonly string[]): boolean =>
  markup === '-' && map !== null && /(?:^|[\s>])--[ \t]*$/.test(lines[map[1] - 1] ?? '')

function asParagraph(tokens: readonly Token[], at: number): void {
  const [open, inline, close] = tokens.slice(at, at + 3)
  if (open === undefined || inline === undefined || close === undefined) return
  for (const [token, type] of [
    [open, 'paragraph_open'],
    [close, 'paragraph_close'],
  ] as const) {
    token.type = type
    token.tag = 'p'
    token.markup = ''
  }
  inline.content = `${inline.content}\n--`
}

const hyphens = /^[ \t]*--[ \t]*$/

/** A backslash at a line's end breaks the line. */
function withBreaks(content: string): string {
  const lines = content.split('\n')
  return lines
    .map((line, at) => {
      const next = lines[at + 1]
      if (next === undefined) return line
      if (hyphens.test(line)) return '--\\'
      return hyphens.test(next) && !/\\$| {2}$/.test(line) ? `${line}\\` : line
    })
    .join('\n')
}
