// pure · counts of very many rows, kept for a moment: however often they are looked at, they are counted now and then
import { type Memo, memo } from './memo.ts'

const keptMs = 15_000
const maxKept = 1000

/**
 * What is not `large` is counted each time: it is quick, and right to the last row. Counting a million rows took 40 ms to 1.3 s
 * each time a page was opened.
 */
export const cacheCounts = <Key extends string | number, Counts extends object>(
  isLarge: (counts: Counts) => boolean,
): Memo<Key, Counts> => memo({ max: maxKept, lifetimeMs: (counts: Counts) => (isLarge(counts) ? keptMs : 0) })
