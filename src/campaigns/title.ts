// pure · a subject as the campaign's title on a screen: merge fields in words, never their source
import { type Piece, readLiquid } from './render/liquid/liquid.ts'

/** `Hello {{ subscriber.first_name | default: "you" }}` is "Hello ‹first name›"; parts of a condition stand beside each other. */
export function titleOf(subject: string): string {
  if (subject.trim() === '') return 'No subject yet'
  if (!/\{[{%]/.test(subject)) return subject
  const { pieces, problems } = readLiquid(subject, { has: () => true, known: [] })
  // What cannot be read is the author's to mend, and recognised by its source alone.
  if (problems.length > 0) return subject
  const title = pieces.map(shown).join('').replace(/\s+/g, ' ').trim()
  return title === '' ? 'No subject yet' : title
}

function shown(piece: Piece): string {
  switch (piece.kind) {
    case 'text':
    case 'fixed':
      return piece.text
    case 'output':
      return outputWords(piece.source)
    case 'tag':
      return ['elsif', 'else', 'when'].includes(piece.name) ? ' / ' : ''
  }
}

/** The value's name without its filters: ‹first name›. A literal text is what it says. */
function outputWords(source: string): string {
  const [, literal] = /^\s*(?:"([^"]*)"|'[^']*')/.exec(source) ?? []
  if (literal !== undefined) return literal
  const [value = ''] = source.split('|')
  return `‹${value
    .trim()
    .replace(/^(?:subscriber|list)\./, '')
    .replaceAll('_', ' ')}›`
}
