// adapter · webhook accidents, drawn from a seed and the recipient, so that a run can be repeated
import { drawOf } from './courses.ts'
import type { Happening } from './events.ts'
import type { AcceptedMail } from './record.ts'

export interface Accidents {
  readonly seed: number
  readonly duplicate: number
  readonly reorder: number
  readonly early: number
  readonly lost: number
  readonly spreadMs: number
}

export interface Plan {
  /** In order of posting, duplicates last. */
  readonly messages: readonly Happening[]
  readonly lost: number
  readonly duplicates: number
  readonly afterMs: number
}

export function planOf(wanted: Accidents, happenings: readonly Happening[]): Plan {
  const recipient = happenings[0]?.recipient ?? ''
  const chance = (...about: readonly string[]): number => drawOf(wanted.seed, ...about, recipient)
  const ordered = chance('reorder') < wanted.reorder ? happenings.toReversed() : happenings
  const kept = ordered.filter(({ type }) => chance('lost', type) >= wanted.lost)
  const twice = kept.filter(({ type }) => chance('duplicate', type) < wanted.duplicate)
  return {
    messages: [...kept, ...twice],
    lost: ordered.length - kept.length,
    duplicates: twice.length,
    afterMs: chance('spread') * wanted.spreadMs,
  }
}

/** Whether these mails' events are posted before their request is answered. */
export const isEarly = (wanted: Accidents, mails: readonly AcceptedMail[]): boolean =>
  drawOf(wanted.seed, 'early', mails[0]?.to[0] ?? '') < wanted.early
