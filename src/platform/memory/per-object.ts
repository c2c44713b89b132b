// pure · values made once per object, kept for the object's lifetime

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
