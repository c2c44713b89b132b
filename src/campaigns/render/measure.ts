// pure · size limits of a mail, counted while rendering, so that work stops as soon as a limit is exceeded
import { DomainError } from '../../platform/errors.ts'

/**
 * Octets of a mail as handed over, HTML and plain text together: ten times the size at which Gmail clips a mail, with room for 200
 * kB of prose in any alphabet in both parts. A batch of a hundred such mails would not fit into a small machine, so batches are
 * split by octets too.
 */
export const maxMail = 1_000_000

/** Cells, links, emphases, line ends: each takes some 200 octets or more during parsing. */
const maxMarkup = 50_000

/** Each quotation and list keeps state for all lines during parsing. */
const maxLines = 10_000

/** Nesting of quotations, lists and emphases. */
export const maxNested = 20

/** The message is a sentence for the author. */
export class TooMuch extends DomainError {
  constructor(sentence: string) {
    super('invalid', sentence, { faults: [{ path: 'content.body', message: sentence }] })
  }
}

const megabytes = (octets: number): string =>
  `${(octets / 1_000_000).toLocaleString('en', { maximumFractionDigits: 1 })} MB`

/** `size` completes "would have …". */
const tooLarge = (size: string): TooMuch =>
  new TooMuch(
    `The mail would have ${size}, HTML and plain text together; it may have ${megabytes(maxMail)} at most. Tables, links and filters make a text much longer than it looks: shorten it, or put the rest on a page.`,
  )

/** Called before the octets are produced. Throws TooMuch. */
export function holdToSize(octets: number): void {
  if (octets > maxMail)
    throw tooLarge(
      octets < 1.05 * maxMail ? `more than ${megabytes(maxMail)}` : `at least ${megabytes(octets)}`,
    )
}

/** Characters that may begin a delimiter, whose end a parser then searches for. */
const beginnings = /[[\]()*_~`<>|!&\\]/g

/** Throws TooMuch, before parsing, for a text that would take too much time or memory. */
export function holdToMarkup(text: string): void {
  if (text.split('\n').length > maxLines)
    throw new TooMuch(
      `The text has more than ${maxLines.toLocaleString('en')} lines; a mail cannot hold so many. Shorten it, or put the rest on a page.`,
    )
  countMarkup(text.match(beginnings)?.length ?? 0)
}

/** Throws TooMuch for more markup than a mail can hold. */
export function countMarkup(marks: number): void {
  if (marks > maxMarkup)
    throw new TooMuch(
      `The text has more than ${maxMarkup.toLocaleString('en')} cells, links, emphases and other marks; a mail of at most ${megabytes(maxMail)}, HTML and plain text together, cannot hold so many. Shorten it, or put the rest on a page.`,
    )
}

/** Throws TooMuch for nesting deeper than mail programs show. */
export function holdToDepth(depth: number): void {
  if (depth > maxNested)
    throw new TooMuch(`Lists, quotations and emphases may stand inside each other ${maxNested} deep at most.`)
}

/** Both methods throw TooMuch as soon as the limit is exceeded. */
export class Measure {
  octets = 0
  /** Characters that filters read and produced, including values shortened later. */
  private filtered = 0

  count(octets: number): void {
    this.octets += octets
    if (this.octets > maxMail) throw tooLarge(`more than ${megabytes(maxMail)}`)
  }

  countFiltered(length: number): void {
    this.filtered += length
    if (this.filtered > maxMail)
      throw new TooMuch(
        `The filters of this text make values of more than ${megabytes(maxMail)} for one mail, even if they shorten them again. Use fewer, or shorter texts in them.`,
      )
  }
}
