// pure · a map of bounded size: what was used last is kept longest

export interface Recent<Key, Value> {
  get(key: Key): Value | undefined
  set(key: Key, value: Value): void
  delete(key: Key): void
  clear(): void
}

/** `max`: entries, or what they weigh together. The newest is kept, whatever it weighs. */
export function recent<Key, Value>(
  max: number,
  weightOf: (value: Value) => number = () => 1,
): Recent<Key, Value> {
  /** In order of use, the oldest first. */
  const entries = new Map<Key, { readonly value: Value; readonly weight: number }>()
  let weight = 0
  const remove = (key: Key): void => {
    weight -= entries.get(key)?.weight ?? 0
    entries.delete(key)
  }
  return {
    get(key) {
      const entry = entries.get(key)
      if (entry === undefined) return undefined
      entries.delete(key)
      entries.set(key, entry)
      return entry.value
    },
    set(key, value) {
      remove(key)
      const entry = { value, weight: weightOf(value) }
      entries.set(key, entry)
      weight += entry.weight
      for (const oldest of entries.keys()) {
        if (weight <= max || oldest === key) return
        remove(oldest)
      }
    },
    delete: remove,
    clear() {
      entries.clear()
      weight = 0
    },
  }
}
