// shell · a sign-up request for its answer: locked until the transaction ends, so that the second of two answers finds it closed
import { eq } from 'drizzle-orm'
import type { Tx } from '../../platform/database/database.ts'
import type { Deps } from '../../platform/deps.ts'
import { type Address, parseAddress } from '../../subscribers/address.ts'
import type { SignupBody } from '../body.ts'
import { signupRequests } from '../tables.ts'
import { findRequest, type SignupRequest } from './request.ts'

/** The person of a request, and what was sent. */
export interface RequestPerson {
  readonly body: SignupBody
  readonly address: Address
}

export type LockedRequest =
  /** `person` is null where the sealed body does not open any more. A request past its time stays open until the tick closes it. */
  | { readonly state: 'open'; readonly found: SignupRequest; readonly person: RequestPerson | null }
  | { readonly state: 'confirmed' | 'refused' | 'expired' | 'unknown' }

export async function lockRequest(deps: Pick<Deps, 'vault'>, tx: Tx, id: string): Promise<LockedRequest> {
  await tx
    .select({ id: signupRequests.id })
    .from(signupRequests)
    .where(eq(signupRequests.id, id))
    .for('update')
  const found = await findRequest(deps, tx, id)
  if (found === null) return { state: 'unknown' }
  return found.state === 'open' ? { state: 'open', found, person: personOf(found) } : { state: found.state }
}

/** UTF-8 before the @ is accepted: the mail was sent, whatever the mailer of today can do. */
function personOf({ body }: SignupRequest): RequestPerson | null {
  const address = body === null ? null : parseAddress(body.email, { smtpUtf8: true })
  return body === null || address === null || !address.ok ? null : { body, address: address.address }
}
