// pure · fresh sign-ins and second factors: what is asked for again before acts that outlive a session
import type { Role } from '../roles.ts'

/** How long after signing in an operator may make keys and passkeys, and invite and change operators. */
export const freshMinutes = 15

/** From the beginning of the session: use does not make it fresh. */
export const isFresh = (session: { readonly signedInAt: Date }, now: Date): boolean =>
  now.getTime() - session.signedInAt.getTime() <= freshMinutes * 60_000

/** Whether the role is one that needs a passkey, and the session was begun without one. A passkey alone is two factors: device and person. */
export const lacksPasskey = (
  session: { readonly method: string; readonly operator: { readonly role: Role } },
  needed: readonly string[],
): boolean => session.method !== 'passkey' && needed.includes(session.operator.role)

/** Screens that a fresh sign-in leads back to; the cookie holds a name, never an address. */
const places: Readonly<Record<string, string>> = {
  you: '/console/settings',
  keys: '/console/settings/keys',
  operators: '/console/settings/operators',
}

export const isPlace = (name: string): boolean => Object.hasOwn(places, name)
export const backTo = (name: string): string => (isPlace(name) ? (places[name] ?? '/console') : '/console')
