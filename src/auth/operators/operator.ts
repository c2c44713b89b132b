// pure · an operator: who signs in, which role they have, which lists they see
import { mailAddress } from '../../platform/form.ts'
import { isRole, may, type Permission, type Role } from '../roles.ts'

export interface Operator {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly role: Role
  /** Numbers of the lists they see; null: all of them. */
  readonly lists: readonly number[] | null
  readonly timezone: string
  readonly joinedAt: Date | null
  readonly disabledAt: Date | null
}

/** An address in the two forms that are needed: to write to, and to find by. */
export interface OperatorAddress {
  readonly sendTo: string
  readonly canonical: string
}

/** ASCII, found whatever its case. */
export const operatorAddress = mailAddress.transform(
  (email): OperatorAddress => ({ sendTo: email, canonical: email.toLowerCase() }),
)

export const seesList = (operator: Pick<Operator, 'lists'>, list: number): boolean =>
  operator.lists === null || operator.lists.includes(list)

/** Whether the role allows it and, where it is about one list, that list is among theirs. */
export const operatorMay = (
  operator: Pick<Operator, 'role' | 'lists'>,
  permission: Permission,
  list?: number,
): boolean => may(operator.role, permission) && (list === undefined || seesList(operator, list))

/** What the column says, or null where it says nothing that this version knows. */
export const roleOf = (text: string): Role | null => (isRole(text) ? text : null)
