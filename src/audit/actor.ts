// pure · actors: the person, a guardian, an operator, a key, the system, a stranger

export type Actor =
  | { readonly kind: 'subject' }
  | { readonly kind: 'guardian' }
  | { readonly kind: 'operator'; readonly id: string }
  | { readonly kind: 'key'; readonly id: string }
  | { readonly kind: 'system' }
  /** Somebody without a session or key; only of security events. */
  | { readonly kind: 'stranger' }

/** The actor's name in evidence and payloads of the ledger: `subject`, `operator 0193…`. */
export const nameOfActor = (actor: Actor): string =>
  'id' in actor ? `${actor.kind} ${actor.id}` : actor.kind
