// pure · blocks of fields in delivery reports and complaints. RFC 5322 section 2.2
/** Names in lower case; a repeated field has all its values, in order. */
export type Fields = ReadonlyMap<string, readonly string[]>

/** A report has a few dozen fields per block at most. */
const maxLines = 500

/** Split at empty lines, folded lines joined, other lines skipped. */
export function readBlocks(text: string): readonly Fields[] {
  const lines = text.split(/\r?\n/).slice(0, maxLines)
  const blocks: Map<string, string[]>[] = [new Map()]
  let last: string[] | undefined
  for (const line of lines) {
    const block = blocks.at(-1)
    const field = /^([!-9;-~]+)[ \t]*:[ \t]*(.*)$/.exec(line)
    if (line.trim() === '') {
      if (block !== undefined && block.size > 0) blocks.push(new Map())
      last = undefined
    } else if (/^[ \t]/.test(line)) {
      if (last !== undefined) last.push(`${last.pop() ?? ''} ${line.trim()}`)
    } else if (field !== null && block !== undefined) {
      const name = (field[1] ?? '').toLowerCase()
      last = block.get(name) ?? []
      last.push((field[2] ?? '').trim())
      block.set(name, last)
    } else last = undefined
  }
  return blocks.filter(({ size }) => size > 0)
}

export const firstOf = (fields: Fields | undefined, name: string): string | null =>
  fields?.get(name)?.[0] ?? null

/** Types such as `message/delivery-status`: lower case, no parameters. */
export interface ReportPart {
  readonly type: string
  readonly text: string
}

export const partsOf = (parts: readonly ReportPart[], types: readonly string[]): readonly string[] =>
  parts.filter(({ type }) => types.includes(type)).map(({ text }) => text)
