// view · the operators table, the invitation form, the form of one operator
import type { Operator } from '../../auth/operators/operator.ts'
import { roles, roleWords } from '../../auth/roles.ts'
import type { Fault } from '../../platform/errors.ts'
import { Checkbox, TextField } from '../../ui/components.tsx'
import { Act, RowLink, State, SubmitButton, Table, Time } from '../../ui/console/parts.tsx'

export interface ListName {
  readonly number: number
  readonly name: string
}

const faultOf = (faults: readonly Fault[], name: string): string | undefined =>
  faults.find(({ path }) => path === name)?.message

export const OperatorTable = (props: {
  operators: readonly Operator[]
  lists: readonly ListName[]
  timezone: string
}) => (
  <Table
    caption="Operators"
    columns={[
      { label: 'Name' },
      { label: 'Role' },
      { label: 'Lists' },
      { label: 'State' },
      { label: 'Joined' },
    ]}
    rows={props.operators.map((operator) => [
      <>
        <RowLink href={`/console/settings/operators/${operator.id}`}>{operator.name}</RowLink>
        <br />
        <span class="small">{operator.email}</span>
      </>,
      operator.role,
      listsInWords(operator.lists, props.lists),
      <OperatorState operator={operator} />,
      operator.joinedAt === null ? '' : <Time at={operator.joinedAt} timezone={props.timezone} />,
    ])}
  />
)

export const listsInWords = (lists: readonly number[] | null, names: readonly ListName[]): string =>
  lists === null
    ? 'all'
    : names.flatMap(({ number, name }) => (lists.includes(number) ? [name] : [])).join(', ') || 'none'

const OperatorState = ({ operator }: { operator: Operator }) => {
  if (operator.disabledAt !== null) return <State tone="bad">blocked</State>
  return operator.joinedAt === null ? <State tone="warn">invited</State> : <State tone="good">active</State>
}

export interface ReachValues {
  readonly scope: string
  readonly lists: readonly number[]
}

export interface InviteValues extends ReachValues {
  readonly name: string
  readonly email: string
  readonly role: string
}

export const InviteForm = (props: {
  lists: readonly ListName[]
  values: InviteValues
  faults: readonly Fault[]
}) => (
  <form method="post" action="/console/settings/operators" class="panel narrow">
    <h2>Invite an operator</h2>
    <TextField
      name="name"
      label="Name"
      value={props.values.name}
      maxlength={100}
      fault={faultOf(props.faults, 'name')}
      required
    />
    <TextField
      name="email"
      type="email"
      label="Email address"
      value={props.values.email}
      fault={faultOf(props.faults, 'email')}
      required
    />
    <RoleChoice role={props.values.role} fault={faultOf(props.faults, 'role')} />
    <Reach {...props.values} names={props.lists} fault={faultOf(props.faults, 'lists')} />
    <SubmitButton>Send invitation</SubmitButton>
  </form>
)

export const OperatorForm = (props: {
  operator: Operator
  values: ReachValues & { readonly role: string }
  lists: readonly ListName[]
  /** Whether this is the signed-in operator. */
  self: boolean
  /** How many API keys in force they made. */
  keys: number
  passkeys: number
  faults: readonly Fault[]
}) => {
  const { operator } = props
  const at = `/console/settings/operators/${operator.id}`
  return (
    <div class="columns">
      <form method="post" action={at} class="panel">
        <h2>{operator.name}</h2>
        <p class="soft">{operator.email}</p>
        <RoleChoice role={props.values.role} fault={faultOf(props.faults, 'role')} />
        <Reach {...props.values} names={props.lists} fault={faultOf(props.faults, 'lists')} />
        <p class="small">Saving signs them out, so that the change takes effect.</p>
        {props.keys > 0 && (
          <p class="small">
            With another role than owner, {keysOfTheirs(props.keys)} revoked for good: only owners keep keys.
          </p>
        )}
        <SubmitButton>Save</SubmitButton>
      </form>
      <section class="panel">
        {operator.joinedAt === null && operator.disabledAt === null && (
          <>
            <h2>Invitation pending</h2>
            <p>They have not joined yet. You can send a new invitation; its link works for a week.</p>
            <Act action={`${at}/invite`} label="Resend invitation" weight="quiet" />
          </>
        )}
        {props.passkeys > 0 && operator.disabledAt === null && (
          <>
            <h2>Passkeys</h2>
            <p>
              They have {props.passkeys === 1 ? 'one passkey' : `${props.passkeys} passkeys`}. If the device
              is lost or was taken, remove {props.passkeys === 1 ? 'it' : 'all of them'}: they are signed out,
              sign in with a link by email, and can add a new one.
            </p>
            <Act action={`${at}/passkeys`} label="Remove passkeys" weight="quiet danger" />
          </>
        )}
        {operator.disabledAt === null ? (
          <>
            <h2>Block</h2>
            <p>
              {props.self
                ? 'This is you: you would be signed out immediately, and only another owner could unblock you. '
                : ''}
              They are signed out and can no longer sign in. Their entries stay in the audit log. You can
              unblock them later.
            </p>
            {props.keys > 0 && (
              <p>
                <strong>
                  Also, {keysOfTheirs(props.keys)} revoked: programs that use{' '}
                  {props.keys === 1 ? 'it' : 'them'} lose access immediately, and unblocking does not bring{' '}
                  {props.keys === 1 ? 'it' : 'them'} back. To keep a program going, create a key of your own
                  for it first.
                </strong>
              </p>
            )}
            <Act action={`${at}/disable`} label="Block" weight="quiet danger" />
          </>
        ) : (
          <>
            <h2>Unblock</h2>
            <p>They can sign in again, with the role {roleWords[operator.role].title}.</p>
            <Act action={`${at}/enable`} label="Unblock" weight="quiet" />
          </>
        )}
      </section>
    </div>
  )
}

const keysOfTheirs = (keys: number): string =>
  keys === 1 ? 'the API key that they made is' : `the ${keys} API keys that they made are`

const RoleChoice = ({ role, fault }: { role: string; fault: string | undefined }) => (
  <fieldset class="group">
    <legend>Role</legend>
    {fault !== undefined && <p class="fault">{fault}</p>}
    {roles.map((one) => (
      <label class="box" for={`role-${one}`}>
        <input type="radio" id={`role-${one}`} name="role" value={one} checked={one === role} />
        <span>
          {roleWords[one].title}
          <span class="hint">{roleWords[one].may}</span>
        </span>
      </label>
    ))}
  </fieldset>
)

export const Reach = (props: ReachValues & { names: readonly ListName[]; fault: string | undefined }) => (
  <fieldset class="group" id="f-lists" tabindex={-1} data-reach>
    <legend>Lists</legend>
    {props.fault !== undefined && <p class="fault">{props.fault}</p>}
    {[
      { value: 'all', label: 'All lists, including new ones' },
      { value: 'some', label: 'Only these lists' },
    ].map(({ value, label }) => (
      <label class="box" for={`scope-${value}`}>
        <input
          type="radio"
          id={`scope-${value}`}
          name="scope"
          value={value}
          checked={value === props.scope}
        />
        <span>{label}</span>
      </label>
    ))}
    {props.names.map(({ number, name }) => (
      <Checkbox
        name="lists"
        value={String(number)}
        label={name}
        checked={props.lists.includes(number)}
        several
      />
    ))}
  </fieldset>
)
