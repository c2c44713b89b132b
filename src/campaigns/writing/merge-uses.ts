// pure · the subscriber fields that a campaign shows, and their fallbacks

import type { Operand } from '../render/liquid/filters.ts'
import { type Piece, readLiquid } from '../render/liquid/liquid.ts'
import type { Writing } from './content.ts'

export interface MergeUse {
  readonly key: string
  /** Shown if the field is absent; empty: nothing. */
  readonly fallback: string
}

/**
 * Every field shown without a condition on it, once per fallback. Inside `{% if subscriber.x %}` an absent x is handled already.
 * The address is left out: every subscriber has one.
 */
export function mergeUses({ subject, preheader, content }: Writing): readonly MergeUse[] {
  const uses = [subject, preheader, content.body].flatMap((source) => usesIn(source))
  const seen = new Map(uses.map((use) => [JSON.stringify([use.key, use.fallback]), use]))
  return [...seen.values()]
}

function usesIn(source: string): readonly MergeUse[] {
  const open: string[] = []
  return readLiquid(source, { has: () => true, known: [] }).pieces.flatMap((piece): readonly MergeUse[] => {
    if (piece.kind === 'tag') follow(open, piece)
    const use = piece.kind === 'output' ? useOf(piece) : null
    return use === null || open.some((asked) => asks(asked, use.key)) ? [] : [use]
  })
}

/** Tracks the conditions of the open blocks. */
function follow(open: string[], { name, args }: Extract<Piece, { kind: 'tag' }>): void {
  if (name === 'if' || name === 'unless' || name === 'case') open.push(args)
  else if (name.startsWith('end')) open.pop()
  else open.push(`${open.pop() ?? ''} ${args}`)
}

const asks = (condition: string, key: string): boolean =>
  new RegExp(String.raw`\bsubscriber(?:\.${key}\b|\[\s*["']${key}["'])`).test(condition)

function useOf({ expression }: Extract<Piece, { kind: 'output' }>): MergeUse | null {
  const key = fieldOf(expression.operand)
  if (key === null) return null
  const fallback = expression.filters.find(({ name }) => name === 'default')?.args[0]
  return { key, fallback: fallback?.kind === 'literal' ? String(fallback.value) : '' }
}

const fieldOf = (operand: Operand): string | null =>
  operand.kind === 'variable' && operand.root === 'subscriber' && operand.key !== 'email' ? operand.key : null
