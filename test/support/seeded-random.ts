// pure · a seeded random generator, so that a run can be repeated

export interface SeededRandom {
  /** Returns a number from 0 up to, but not including, `below`. */
  number(below: number): number
  one<T>(of: readonly [T, ...T[]]): T
}

/** @see https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export function seededRandom(seed: number): SeededRandom {
  let state = seed | 0
  const draw = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    number: (below) => draw() * below,
    one: (of) => of[Math.floor(draw() * of.length)] ?? of[0],
  }
}
