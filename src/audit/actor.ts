// pure · who acts: the person, an operator, a key, the system itself

export type Actor =
  | { readonly kind: 'subject' }
  | { readonly kind: 'guardian' }
  | { readonly kind: 'operator'; readonly id: string }
  | { readonly kind: 'key'; readonly id: string }
  | { readonly kind: 'system' }

/** As it stands in evidence and in the ledger's payload: `subject`, `operator 0193…`. */
export const nameOfActor = (actor: Actor): string =>
  'id' in actor ? `${actor.kind} ${actor.id}` : actor.kind
