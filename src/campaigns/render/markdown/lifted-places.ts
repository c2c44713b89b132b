// pure · lifted tags between the blocks of a text: each block of tags in one parent, as far outside as it fits
import MarkdownIt, { type Token } from 'markdown-it'
import type { LiftedTag } from './lifted-tags.ts'

interface Gap {
  /** Before which token. */
  readonly at: number
  /** The names of the elements around, outermost first. */
  readonly path: string
  readonly depth: number
}

/** These hold words, not blocks. */
const inlineParents = new Set(['paragraph_open', 'heading_open', 'tr_open', 'th_open', 'td_open'])

/** Tags without a common parent stay as far outside as each can; placeMarks reports them. */
export function placeLifted(tokens: readonly Token[], lifted: readonly LiftedTag[]): Token[] {
  if (lifted.length === 0) return [...tokens]
  const gaps = gapsFor(tokens, lifted)
  const paths = commonPaths(lifted, gaps)
  const inserted = new Map<number, Token[]>()
  let floor = 0
  lifted.forEach(({ mark, block, opens }, nth) => {
    const own = gaps[nth] ?? []
    const path = paths.get(block) ?? outermost(own)?.path
    const fitting = own.filter((gap) => gap.path === path && gap.at >= floor)
    const at = (opens ? fitting.at(-1) : fitting[0])?.at ?? floor
    inserted.set(at, [...(inserted.get(at) ?? []), tagToken(mark)])
    floor = at
  })
  const before = (at: number): readonly Token[] => inserted.get(at) ?? []
  return [...tokens.flatMap((token, at) => [...before(at), token]), ...before(tokens.length)]
}

function tagToken(mark: string): Token {
  const token = new MarkdownIt.Token('tag_line', '', 0)
  token.content = mark
  return token
}

/** Every place between the last block before the line of each tag, and the first block behind. */
function gapsFor(tokens: readonly Token[], lifted: readonly LiftedTag[]): readonly (readonly Gap[])[] {
  const around = pathsOf(tokens)
  let next = 0
  return lifted.map(({ line }) => {
    while (next < tokens.length && !beginsAt(tokens[next], line)) next += 1
    let first = next
    while (first > 0 && tokens[first - 1]?.nesting === -1) first -= 1
    let last = next
    while (tokens[last]?.nesting === 1) last += 1
    return Array.from({ length: last - first + 1 }, (_, nth) => around[first + nth]).flatMap((gap) =>
      gap === undefined || gap.holdsWords ? [] : [gap],
    )
  })
}

const beginsAt = (token: Token | undefined, line: number): boolean =>
  token !== undefined && token.nesting >= 0 && token.map !== null && token.map[0] >= line

function pathsOf(tokens: readonly Token[]): readonly (Gap & { readonly holdsWords: boolean })[] {
  const open: { readonly path: string; readonly holdsWords: boolean }[] = [{ path: '', holdsWords: false }]
  const here = (at: number) => ({
    at,
    depth: open.length,
    path: open.at(-1)?.path ?? '',
    holdsWords: open.at(-1)?.holdsWords ?? false,
  })
  const gaps = tokens.map((token, at) => {
    const gap = here(at)
    if (token.nesting === 1)
      open.push({ path: `${gap.path} ${token.tag}`, holdsWords: inlineParents.has(token.type) })
    if (token.nesting === -1) open.pop()
    return gap
  })
  return [...gaps, here(tokens.length)]
}

/** The outermost parent in which all tags of a block can stand. */
function commonPaths(
  lifted: readonly LiftedTag[],
  gaps: readonly (readonly Gap[])[],
): ReadonlyMap<string, string> {
  const possible = new Map<string, readonly Gap[]>()
  lifted.forEach(({ block }, nth) => {
    const own = gaps[nth] ?? []
    const before = possible.get(block)
    possible.set(block, before?.filter(({ path }) => own.some((gap) => gap.path === path)) ?? own)
  })
  return new Map(
    [...possible].flatMap(([block, shared]) => {
      const path = outermost(shared)?.path
      return path === undefined ? [] : [[block, path] as const]
    }),
  )
}

const outermost = (gaps: readonly Gap[]): Gap | undefined =>
  gaps.reduce<Gap | undefined>(
    (best, gap) => (best === undefined || gap.depth < best.depth ? gap : best),
    undefined,
  )
