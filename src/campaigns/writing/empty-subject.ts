// pure · for whom a subject would be empty, by the fields that must be lacking
import type { Expression } from '../render/liquid/expression.ts'
import { opensBlock, type Piece, readLiquid } from '../render/liquid/liquid.ts'

/**
 * Each set of fields: whoever lacks all of them may get an empty subject. An empty set: anybody may, whatever their fields. No sets:
 * nobody. Conditions are not weighed: a subject with words in conditions only, and no `else`, counts as empty for somebody.
 */
type Sets = readonly (readonly string[])[]

const nobody: Sets = []
const anybody: Sets = [[]]

export function emptyWhen(subject: string): Sets {
  const { pieces } = readLiquid(subject, { has: () => true, known: [] })
  return branchOf([...pieces]).sets
}

/** Nothing that a reader would see: spaces, marks without width, other invisible characters. */
export const isInvisible = (text: string): boolean =>
  /^[\s\p{Cf}\p{Mn}\u115f\u1160\u2800\u3164\uffa0]*$/u.test(text)

interface Branch {
  readonly sets: Sets
  /** The tag that ended it. */
  readonly end: string
}

/** Reads up to the tag that ends or divides the block around. */
function branchOf(pieces: Piece[]): Branch {
  let sets = anybody
  for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) {
    if (piece.kind !== 'tag')
      sets = both(sets, piece.kind === 'output' ? whenLacking(piece.expression) : whenText(piece.text))
    else if (opensBlock(piece.name)) sets = both(sets, blockOf(pieces, piece.name))
    else return { sets, end: piece.name }
  }
  return { sets, end: '' }
}

/** Empty in any branch; without `else` there is one more, which is empty. What stands before the first `when` is never shown. */
function blockOf(pieces: Piece[], name: string): Sets {
  let sets: Sets = nobody
  let hasElse = false
  let isShown = name !== 'case'
  for (let branch = branchOf(pieces); ; branch = branchOf(pieces)) {
    if (isShown) sets = either(sets, branch.sets)
    isShown = true
    if (branch.end === 'else') hasElse = true
    if (branch.end === '' || isEnd(branch.end)) return hasElse ? sets : anybody
  }
}

const isEnd = (name: string): boolean => name === 'endif' || name === 'endunless' || name === 'endcase'

const whenText = (text: string): Sets => (isInvisible(text) ? anybody : nobody)

function whenLacking({ operand, filters }: Expression): Sets {
  return filters.reduce<Sets>((sets, { name, args: [arg] }) => {
    const shows = arg === undefined ? anybody : whenShown(arg)
    switch (name) {
      case 'default':
      case 'append':
      case 'prepend':
        return both(sets, shows)
      default:
        return sets
    }
  }, whenShown(operand))
}

function whenShown(operand: Expression['operand']): Sets {
  if (operand.kind === 'literal') return whenText(String(operand.value))
  const { root, key } = operand
  return root === 'subscriber' && key !== null && key !== 'email' ? [[key]] : nobody
}

/** Beyond these, a subject counts as empty for somebody. */
const mostSets = 64

const held = (sets: Sets): Sets =>
  sets.length > mostSets || sets.some((set) => set.length === 0) ? anybody : sets

const either = (one: Sets, other: Sets): Sets => held([...one, ...other])

function both(one: Sets, other: Sets): Sets {
  if (one === anybody) return other
  if (other === anybody) return one
  return held(one.flatMap((set) => other.map((more) => [...new Set([...set, ...more])])))
}
