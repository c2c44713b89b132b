// pure · how large a mail may become: whatever makes one counts as it goes, and stops when that is passed, not after
import { DomainError } from '../../platform/errors.ts'

/**
 * Octets of one mail as it is handed over, HTML and plain text together. Ten times what Gmail shows before it cuts a mail off,
 * and room for 200 kB of prose in any alphabet in both parts; a batch of a hundred such mails would not fit into a small machine,
 * so batches are cut by octets too.
 */
export const maxMail = 1_000_000

/** Cells, links, emphases, line ends: each is an object of some 200 octets, or several, while a text is read. */
const maxMarkup = 50_000

/** Each quotation and list around a line keeps its own notes of all lines while a text is read. */
const maxLines = 10_000

/** Of quotations, lists and emphases inside each other. */
export const maxNested = 20

/** What a text asks for is more than a mail may be. Its message is a sentence for whoever wrote it. */
export class TooMuch extends DomainError {
  constructor(sentence: string) {
    super('invalid', sentence, { faults: [{ path: 'content.body', message: sentence }] })
  }
}

const megabytes = (octets: number): string =>
  `${(octets / 1_000_000).toLocaleString('en', { maximumFractionDigits: 1 })} MB`

/** `size` as in "would have …". */
const tooLarge = (size: string): TooMuch =>
  new TooMuch(
    `The mail would have ${size}, HTML and plain text together; it may have ${megabytes(maxMail)} at most. Tables, links and filters make a text much longer than it looks: shorten it, or put the rest on a page.`,
  )

/** Throws TooMuch where this many octets are more than a mail may have: before they are made. */
export function holdToSize(octets: number): void {
  if (octets > maxMail)
    throw tooLarge(
      octets < 1.05 * maxMail ? `more than ${megabytes(maxMail)}` : `at least ${megabytes(octets)}`,
    )
}

/** Characters that may begin a mark: a parser looks for the other half of each. */
const beginnings = /[[\]()*_~`<>|!&\\]/g

/** Throws TooMuch where a text cannot be read in a moment and in little memory: before it is read. */
export function holdToMarkup(text: string): void {
  if (text.split('\n').length > maxLines)
    throw new TooMuch(
      `The text has more than ${maxLines.toLocaleString('en')} lines; a mail cannot hold so many. Shorten it, or put the rest on a page.`,
    )
  countMarkup(text.match(beginnings)?.length ?? 0)
}

/** Throws TooMuch where so many marks are more than anybody reads. */
export function countMarkup(marks: number): void {
  if (marks > maxMarkup)
    throw new TooMuch(
      `The text has more than ${maxMarkup.toLocaleString('en')} cells, links, emphases and other marks; a mail of at most ${megabytes(maxMail)}, HTML and plain text together, cannot hold so many. Shorten it, or put the rest on a page.`,
    )
}

/** Throws TooMuch where things stand deeper inside each other than mail programs show. */
export function holdToDepth(depth: number): void {
  if (depth > maxNested)
    throw new TooMuch(`Lists, quotations and emphases may stand inside each other ${maxNested} deep at most.`)
}

/** Counts what one mail takes. Each throws TooMuch the moment that is more than a mail may have. */
export class Measure {
  /** Of the mail so far. */
  octets = 0
  /** Of values that filters read and made, also those that another filter shortens again. */
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
