// pure · a line for the parser: its text, what of it is tags, and how to cut them off
import type { StateBlock } from 'markdown-it'
import type { Found, Marks } from '../marks.ts'

export interface Edges {
  /** Marks that precede the line. */
  lead: string
  /** Marks that follow the line. */
  trail: string
  /** Whether nothing else is on the line. */
  isWhole: boolean
}

export interface Shape {
  readonly lead: RegExp
  readonly trailInRow: RegExp
  readonly tags: (text: string) => string
  /** The beginning of a text up to its last tag that closes or divides a lifted block. */
  readonly closing: (lead: string) => string
}

export function createShape(marks: Marks, isOfLifted: (mark: string) => boolean): Shape {
  const { tag } = marks
  return {
    lead: new RegExp(String.raw`^(?:(?:${tag}|<!--(?:>|->|[^\n]*?-->))[ \t]*)+`),
    trailInRow: new RegExp(String.raw`(?<=\|)[ \t]*(?:${tag}[ \t]*)+$`),
    tags: (text) => tagsIn(text, marks),
    closing: (lead) => {
      const last = marks.find(lead).findLast(({ mark }) => isOfLifted(mark))
      return last === undefined ? '' : lead.slice(0, last.at + last.mark.length)
    },
  }
}

export const tagsIn = (text: string, marks: Marks): string =>
  marks
    .find(text)
    .filter(isTag)
    .map(({ mark }) => mark)
    .join('')

export const isTag = ({ piece }: Found): boolean => piece.kind === 'tag'

export const startOf = (state: StateBlock, line: number): number =>
  (state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0)

export const textAt = (state: StateBlock, line: number): string =>
  state.src.slice(startOf(state, line), state.eMarks[line])

/** Lets the line begin behind its tags, as deep as it would be without them. */
export function cutTo(state: StateBlock, line: number, offset: number): void {
  const spaces = /[ \t]*$/.exec(state.src.slice(startOf(state, line), offset))?.[0].length ?? 0
  const indent = Math.max(0, state.sCount[line] ?? 0)
  state.bMarks[line] = offset - spaces
  state.tShift[line] = spaces
  state.sCount[line] = indent + spaces
}
