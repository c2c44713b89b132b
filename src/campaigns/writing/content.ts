// pure · what a marketer may write: formats, limits, and a sentence for each fault
import * as z from 'zod'
import type { Field } from '../../lists/list.ts'
import { bytesOf } from '../../platform/encoding/bytes.ts'
import { type Fault, notAvailableYet } from '../../platform/errors.ts'
import { type FieldNames, short } from '../render/liquid/expression.ts'
import { undatedLiteral } from '../render/liquid/filters.ts'
import { type Problem, readLiquid } from '../render/liquid/liquid.ts'
import { renderMarkdown } from '../render/markdown/markdown.ts'
import { createMarks, type Marks } from '../render/marks.ts'
import { Measure, TooMuch } from '../render/measure.ts'
import { placeMarks } from '../render/places.ts'
import { isInvisible } from './empty-subject.ts'

export const contentFormats = ['markdown', 'html', 'mjml', 'blocks'] as const

export const longestSubject = 250
export const longestPreheader = 250
export const largestBodyBytes = 200_000

export interface Content {
  readonly format: 'markdown'
  readonly body: string
}

/** The hand-written parts of a campaign. */
export interface Writing {
  readonly subject: string
  /** Shown by inboxes behind the subject; may be empty. */
  readonly preheader: string
  readonly content: Content
}

export const contentInput = z.strictObject({
  format: z.enum(contentFormats, { error: `must be one of ${contentFormats.join(', ')}` }),
  body: z
    .string({ error: 'must be a text' })
    .describe('Merge fields are Liquid: `{{ subscriber.first_name | default: "reader" }}`.'),
})

/** Throws `not_available_yet` for formats other than Markdown. */
export function contentOf({ format, body }: z.output<typeof contentInput>): Content {
  if (format !== 'markdown') throw notAvailableYet('content.format', `The format ${format}`)
  return { format, body }
}

/** Faults to fix before sending, with the line of the body. Paths: `subject`, `preheader` and `content.body`. */
export function checkContent(writing: Writing, fields: readonly Pick<Field, 'key'>[]): readonly Fault[] {
  const known = ['email', ...fields.map(({ key }) => key)]
  const faults = sourceFaults(writing, { has: (key) => known.includes(key), known })
  return [
    ...faults,
    ...dateFaults(writing),
    ...(isReadable(faults) ? placeFaults(writing.content.body) : []),
  ].slice(0, mostFaults)
}

/** Faults of the source alone, for a text checked when saved. Unknown fields are allowed: deleted since, they render as absent. */
export const faultsAtLaunch = (writing: Writing): readonly Fault[] =>
  sourceFaults(writing, { has: () => true, known: [] }).slice(0, mostFaults)

/** Authors fix a few at a time. */
const mostFaults = 25

const inBody = 'content.body'

/** Whether the body can be rendered as HTML. */
const isReadable = (faults: readonly Fault[]): boolean => faults.every(({ path }) => path !== inBody)

function sourceFaults({ subject, preheader, content }: Writing, fields: FieldNames): readonly Fault[] {
  return [
    ...(isInvisible(subject) ? [{ path: 'subject', message: 'It needs a subject.' }] : []),
    ...lineFaults('subject', subject, longestSubject, fields),
    ...lineFaults('preheader', preheader, longestPreheader, fields),
    ...bodyFaults(content.body, fields),
  ]
}

/** What no saved text may be, finished or not: too long, or no text at all. */
export const storageFaults = ({ subject, preheader, content }: Writing): readonly Fault[] => [
  ...lineShapeFaults('subject', subject, longestSubject),
  ...lineShapeFaults('preheader', preheader, longestPreheader),
  ...bodyShapeFaults(content.body),
]

function lineFaults(path: string, text: string, most: number, fields: FieldNames): readonly Fault[] {
  const faults = lineShapeFaults(path, text, most)
  return faults.length > 0
    ? faults
    : readLiquid(text, fields).problems.map(({ message }) => ({ path, message }))
}

function lineShapeFaults(path: string, text: string, most: number): readonly Fault[] {
  if (text.length > most) return [{ path, message: `It must have at most ${most} characters.` }]
  if (/[\p{Cc}\u2028\u2029]/u.test(text))
    return [{ path, message: 'It must be one line without control characters.' }]
  return text.isWellFormed() ? [] : [{ path, message: 'It must be valid Unicode.' }]
}

function bodyFaults(body: string, fields: FieldNames): readonly Fault[] {
  const faults = bodyShapeFaults(body)
  return faults.length > 0 ? faults : inWords(readLiquid(body, fields).problems)
}

function bodyShapeFaults(body: string): readonly Fault[] {
  const path = inBody
  if (body.length > largestBodyBytes || bytesOf(body).length > largestBodyBytes)
    return [{ path, message: `It must have at most ${largestBodyBytes / 1000} kB.` }]
  if (/[^\P{Cc}\t\n\r]/u.test(body)) return [{ path, message: 'It must not hold control characters.' }]
  return body.isWellFormed() ? [] : [{ path, message: 'It must be valid Unicode.' }]
}

export const inWords = (problems: readonly Problem[]): readonly Fault[] =>
  problems.slice(0, mostFaults).map(({ line, message }) => ({
    path: inBody,
    message: line === null ? message : `Line ${line}: ${message}`,
    ...(line === null ? {} : { line }),
  }))

/** Faults that show only in the HTML: dead links, blocks that break an element, a mail above the size limit. */
function placeFaults(body: string): readonly Fault[] {
  const marks = createMarks(body)
  const { pieces } = readLiquid(body, { has: () => true, known: [] })
  return caught(() => {
    const { html, problems, findings } = renderMarkdown(marks.addAll(pieces), marks)
    return inWords([
      ...problems,
      ...placeMarks(html, marks).problems,
      ...findings.map(({ quote, message }) => ({ line: lineOf(quote, body, marks), message })),
    ])
  })
}

/** Where the text stands that was found behind marks: by its longest part without one. */
function lineOf(quote: string, body: string, marks: Marks): number | null {
  const [longest = ''] = marks.between(quote).toSorted((one, other) => other.length - one.length)
  const at = longest.trim() === '' ? -1 : body.indexOf(longest.trim())
  return at === -1 ? null : body.slice(0, at).split('\n').length
}

/** Filters know no clock, so that every copy of a mail is the same: `{{ "now" | date: "%Y" }}` would show "now". */
function dateFaults({ subject, preheader, content }: Writing): readonly Fault[] {
  const measure = new Measure()
  const faultsIn = (path: string, source: string): readonly Fault[] =>
    readLiquid(source, { has: () => true, known: [] }).pieces.flatMap((piece): readonly Fault[] => {
      if (piece.kind !== 'output') return []
      const wrong = undatedLiteral(piece.expression, measure)
      if (wrong === undefined) return []
      const message = `"${short(wrong)}" is no date, and a mail has no clock: everybody would see "${short(wrong)}". Write the date itself, such as "2026-05-14", or the words.`
      return path === inBody ? inWords([{ line: piece.line, message }]) : [{ path, message }]
    })
  return caught(() => [
    ...faultsIn('subject', subject),
    ...faultsIn('preheader', preheader),
    ...faultsIn(inBody, content.body),
  ])
}

function caught(find: () => readonly Fault[]): readonly Fault[] {
  try {
    return find()
  } catch (error) {
    if (error instanceof TooMuch) return error.faults
    throw error
  }
}
