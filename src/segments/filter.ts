// pure · the grammar of segments: groups of conditions, validated node by node
import type { Field } from '../lists/list.ts'
import type { Fault } from '../platform/errors.ts'
import { type Condition, conditionKinds, fieldOperators, readCondition } from './condition.ts'

/** The tree as written, so that it can be stored as JSON and read again. */
export type Filter =
  | { readonly all: readonly Filter[] }
  | { readonly any: readonly Filter[] }
  | { readonly not: Filter }
  | Condition

export const everyone: Filter = { all: [] }

export const isEveryone = (filter: Filter): boolean => 'all' in filter && filter.all.length === 0

export type FilterOutcome =
  | { readonly ok: true; readonly filter: Filter }
  | { readonly ok: false; readonly faults: readonly Fault[] }
  /** Valid by the grammar, but not implemented yet. */
  | { readonly ok: false; readonly notAvailable: Fault }

/** Nested groups; a condition inside the eighth is allowed. */
const deepest = 8
/** Groups and conditions together. */
const mostNodes = 100
const mostFaults = 20

/**
 * Returns the filter, or its faults with a sentence each (at most 20). Never throws, whatever the input: stops at 8 groups
 * deep and at 100 nodes.
 */
export function parseFilter(input: unknown, fields: readonly Field[]): FilterOutcome {
  const reading: Reading = { fields, faults: [], notAvailable: [], nodes: 0 }
  const filter = readNode(reading, input, { path: [], depth: 0 })
  const [notAvailable] = reading.notAvailable
  if (reading.faults.length === 0 && notAvailable !== undefined) return { ok: false, notAvailable }
  if (reading.faults.length === 0 && filter !== null) return { ok: true, filter }
  return { ok: false, faults: reading.faults.slice(0, mostFaults) }
}

/** The filter without groups that wrap a single part. */
export function unwrapped(filter: Filter): Filter {
  const parts = 'all' in filter ? filter.all : 'any' in filter ? filter.any : []
  const [only] = parts
  return only === undefined || parts.length > 1 ? filter : unwrapped(only)
}

/** The tags and campaigns in a filter, which must be looked up before the query. */
export function namesIn(filter: Filter): {
  readonly tags: readonly string[]
  readonly campaigns: readonly string[]
} {
  const nodes = nodesOf(filter)
  return {
    tags: [...new Set(nodes.flatMap((node) => ('tag' in node ? [node.tag] : [])))],
    campaigns: [...new Set(nodes.flatMap((node) => ('received' in node ? [node.received] : [])))],
  }
}

/** Whether a condition reads the subscriber, not only the subscription. */
export const asksPerson = (filter: Filter): boolean =>
  nodesOf(filter).some((node) => 'locale' in node || 'mailbox' in node)

/** Whether a condition reads what the list knows of the person: values of fields, tags. */
export const asksDetails = (filter: Filter): boolean =>
  nodesOf(filter).some((node) => 'field' in node || 'tag' in node)

function nodesOf(filter: Filter): readonly Filter[] {
  if ('all' in filter) return filter.all.flatMap(nodesOf)
  if ('any' in filter) return filter.any.flatMap(nodesOf)
  return 'not' in filter ? nodesOf(filter.not) : [filter]
}

interface Reading {
  readonly fields: readonly Field[]
  readonly faults: Fault[]
  readonly notAvailable: Fault[]
  nodes: number
}

interface Place {
  readonly path: readonly (string | number)[]
  /** Groups around it. */
  readonly depth: number
}

type Sent = Readonly<Record<string, unknown>>

const kinds: readonly string[] = ['all', 'any', 'not', ...conditionKinds]

function readNode(reading: Reading, input: unknown, place: Place): Filter | null {
  reading.nodes += 1
  if (reading.nodes > mostNodes) return refuseSize(reading)
  if (!isObject(input)) return refuse(reading, place, 'A condition is an object such as {"tag":"vip"}.')
  const [kind, ...more] = kinds.filter((one) => Object.hasOwn(input, one))
  if (kind !== undefined && more.length > 0)
    return refuse(
      reading,
      place,
      `A condition has one of ${[kind, ...more].join(', ')}; join several with all or any.`,
    )
  const known = kind === 'field' ? ['field', ...fieldOperators] : [kind]
  const foreign = Object.keys(input).filter((name) => !known.includes(name))
  for (const name of foreign.slice(0, mostFaults))
    refuse(reading, below(place, shown(name)), `There is no ${JSON.stringify(shown(name))} here.`)
  if (kind === undefined) return refuse(reading, place, `A condition has one of ${kinds.join(', ')}.`)
  return foreign.length > 0 ? null : readKind(reading, { kind, input }, place)
}

function readKind(reading: Reading, sent: { kind: string; input: Sent }, place: Place): Filter | null {
  const at = below(place, sent.kind)
  const value = sent.input[sent.kind]
  switch (sent.kind) {
    case 'all': {
      const parts = readParts(reading, value, at)
      return parts && { all: parts }
    }
    case 'any': {
      const parts = readParts(reading, value, at)
      return parts && { any: parts }
    }
    case 'not': {
      const part = isTooDeep(reading, at) ? null : readNode(reading, value, deeper(at))
      return part && { not: part }
    }
    default:
      return readLeaf(reading, sent, place)
  }
}

function readParts(reading: Reading, value: unknown, place: Place): readonly Filter[] | null {
  if (!Array.isArray(value)) return refuse(reading, place, 'It must be a list of conditions.')
  if (isTooDeep(reading, place)) return null
  const parts: Filter[] = []
  for (const [at, part] of value.entries()) {
    const read = readNode(reading, part, deeper(below(place, at)))
    if (read !== null) parts.push(read)
    else if (reading.nodes > mostNodes) return null
  }
  return parts
}

function readLeaf(reading: Reading, sent: { kind: string; input: Sent }, place: Place): Condition | null {
  const outcome = readCondition(sent.kind, sent.input, reading.fields)
  if ('condition' in outcome) return outcome.condition
  const wrong = 'faults' in outcome ? outcome.faults : [outcome.notAvailable]
  const found = wrong.map(({ path, message }) => ({ path: [...place.path, path].join('.'), message }))
  if ('faults' in outcome) reading.faults.push(...found)
  else reading.notAvailable.push(...found)
  return null
}

function isTooDeep(reading: Reading, place: Place): boolean {
  if (place.depth < deepest) return false
  refuse(reading, place, `Groups (all, any, not) nest at most ${deepest} deep.`)
  return true
}

function refuse(reading: Reading, place: Place, message: string): null {
  reading.faults.push({ path: place.path.join('.'), message })
  return null
}

/** Reported once, though the surrounding groups are still being read. */
function refuseSize(reading: Reading): null {
  if (reading.nodes > mostNodes + 1) return null
  return refuse(reading, { path: [], depth: 0 }, `A filter has at most ${mostNodes} groups and conditions.`)
}

const isObject = (value: unknown): value is Sent =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const below = (place: Place, step: string | number): Place => ({ ...place, path: [...place.path, step] })
const deeper = (place: Place): Place => ({ ...place, depth: place.depth + 1 })

/** A name from the input, short enough for a message. */
const shown = (name: string): string => name.slice(0, 60).toWellFormed()
