// pure · what belongs to an object is made once, and kept for as long as the object lives

export function perObject<Owner extends object, Value, Rest extends readonly unknown[]>(
  make: (owner: Owner, ...rest: Rest) => Value,
): (owner: Owner, ...rest: Rest) => Value {
  const made = new WeakMap<Owner, Value>()
  return (owner, ...rest) => {
    const known = made.get(owner)
    if (known !== undefined) return known
    const value = make(owner, ...rest)
    made.set(owner, value)
    return value
  }
}
