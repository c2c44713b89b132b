// pure · an operator: role, and the lists they see
import { mailAddress } from '../../platform/form.ts'
import { isRole, may, type Permission, type Role } from '../roles.ts'

export interface Operator {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly role: Role
  /** List numbers; null: every list. */
  readonly lists: readonly number[] | null
  readonly timezone: string
  readonly joinedAt: Date | null
  readonly disabledAt: Date | null
}

/** An address to send to, and to look up by. */
export interface OperatorAddress {
  readonly sendTo: string
  readonly canonical: string
}

/** ASCII; lookup ignores case. */
export const operatorAddress = mailAddress.transform(
  (email): OperatorAddress => ({ sendTo: email, canonical: email.toLowerCase() }),
)

export const seesList = (operator: Pick<Operator, 'lists'>, list: number): boolean =>
  operator.lists === null || operator.lists.includes(list)

/** Whether the role allows the permission and the operator sees the list, if given. */
export const operatorMay = (
  operator: Pick<Operator, 'role' | 'lists'>,
  permission: Permission,
  list?: number,
): boolean => may(operator.role, permission) && (list === undefined || seesList(operator, list))

/** Null for a role unknown to this version. */
export const roleOf = (text: string): Role | null => (isRole(text) ? text : null)
