// view · the form of a new API key, and the table of keys with what became of each
import type { KeyEnd, KeyRow } from '../../../auth/keys.ts'
import { roles } from '../../../auth/roles.ts'
import type { Fault } from '../../../platform/errors.ts'
import { Hidden, SelectField, TextField } from '../../../ui/components.tsx'
import { Empty, State, SubmitButton, Table, Time } from '../../../ui/console/parts.tsx'
import { type ListName, listsInWords, Reach, type ReachValues } from '../operator-views.tsx'

export const lifeDays = ['30', '90', '365', 'never'] as const

const lifeWords: Readonly<Record<(typeof lifeDays)[number], string>> = {
  '30': 'in 30 days',
  '90': 'in 90 days',
  '365': 'in a year',
  never: 'never',
}

export interface TypedKey extends ReachValues {
  readonly name: string
  readonly role: string
  readonly days: string
  readonly faults: readonly Fault[]
}

export const freshKey: TypedKey = {
  name: '',
  role: 'editor',
  scope: 'all',
  lists: [],
  days: '365',
  faults: [],
}

const faultOf = (faults: readonly Fault[], name: string): string | undefined =>
  faults.find(({ path }) => path === name)?.message

export const NewKey = (props: { typed: TypedKey; names: readonly ListName[]; once: string }) => {
  const { typed } = props
  return (
    <form method="post" action="/console/settings/keys" class="panel">
      <Hidden name="once" value={props.once} />
      <h2>New API key</h2>
      <p class="soft">
        The key is yours: it is revoked for good when you are blocked, or when you are no longer an owner.
        Give a key only the role and the lists that the program needs.
      </p>
      <div class="row">
        <TextField
          name="name"
          label="Name"
          value={typed.name}
          maxlength={100}
          fault={faultOf(typed.faults, 'name')}
          required
        />
        <SelectField
          name="role"
          label="Role"
          value={typed.role}
          options={roles.map((one) => ({ value: one, label: one }))}
          fault={faultOf(typed.faults, 'role')}
        />
        <SelectField
          name="days"
          label="Expires"
          value={typed.days}
          options={lifeDays.map((one) => ({ value: one, label: lifeWords[one] }))}
          fault={faultOf(typed.faults, 'days')}
        />
      </div>
      <Reach {...typed} names={props.names} fault={faultOf(typed.faults, 'lists')} />
      <SubmitButton>Create key</SubmitButton>
    </form>
  )
}

export interface KeyShown extends KeyRow {
  readonly end: KeyEnd | null
  readonly makerName: string | null
}

const endWords: Readonly<Record<KeyEnd, string>> = {
  revoked: 'revoked',
  expired: 'expired',
  orphaned: 'refused: its maker is blocked or no owner any more',
}

export const KeyTable = (props: {
  keys: readonly KeyShown[]
  names: readonly ListName[]
  now: Date
  timezone: string
}) =>
  props.keys.length === 0 ? (
    <Empty title="No API keys yet">
      <p>
        An API key lets your own programs use Assent. <a href="/api/docs">API documentation</a>
      </p>
    </Empty>
  ) : (
    <Table
      caption="API keys"
      columns={[
        { label: 'Name' },
        { label: 'Role' },
        { label: 'Lists' },
        { label: 'Created' },
        { label: 'Expires' },
        { label: 'State' },
        { label: '' },
      ]}
      rows={props.keys.map((key) => [
        <strong>{key.name}</strong>,
        key.role,
        listsInWords(key.lists, props.names),
        <>
          <Time at={key.createdAt} timezone={props.timezone} />
          <br />
          <span class="small">{key.makerName === null ? 'on the server' : `by ${key.makerName}`}</span>
        </>,
        key.expiresAt === null ? 'never' : <Time at={key.expiresAt} timezone={props.timezone} />,
        <KeyState end={key.end} endsSoon={endsSoon(key, props.now)} />,
        key.revokedAt === null ? <a href={`/console/settings/keys/${key.id}/revoke`}>Revoke</a> : '',
      ])}
    />
  )

const soonDays = 14

const endsSoon = ({ expiresAt }: KeyRow, now: Date): boolean =>
  expiresAt !== null && expiresAt.getTime() - now.getTime() < soonDays * 86_400_000

const KeyState = ({ end, endsSoon }: { end: KeyEnd | null; endsSoon: boolean }) => {
  if (end !== null) return <State tone={end === 'orphaned' ? 'bad' : 'none'}>{endWords[end]}</State>
  return endsSoon ? <State tone="warn">expires soon</State> : <State tone="good">active</State>
}
