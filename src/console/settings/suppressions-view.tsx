// view · suppressions as rows without an address, the form that adds one, and what follows when one is lifted
import type { Fault } from '../../platform/errors.ts'
import type { ShownSuppression, SuppressionReason } from '../../suppression/find.ts'
import { SelectField, TextField } from '../../ui/components.tsx'
import { Act, Empty, LinkButton, Pager, SubmitButton, Table, Time } from '../../ui/console/parts.tsx'

export interface ScopeChoice {
  readonly scope: 'all' | 'confirmations' | `list:${string}`
  readonly label: string
}

export interface TypedSuppression {
  readonly email: string
  readonly scope: string
  readonly faults: readonly Fault[]
}

const reasonWords: Readonly<Record<SuppressionReason, string>> = {
  bounce: 'their mail came back',
  complaint: 'they reported a mail as spam',
  erasure: 'they were erased',
  operator: 'added by hand',
  block_me: 'they want no such mail',
}

export const SuppressForm = ({
  scopes,
  typed,
}: {
  scopes: readonly ScopeChoice[]
  typed: TypedSuppression
}) => {
  const faultOf = (name: string) => typed.faults.find(({ path }) => path === name)?.message
  return (
    <form method="post" action="/console/settings/suppressions" class="panel">
      <h2>Suppress an address</h2>
      <div class="row">
        <TextField
          name="email"
          type="email"
          label="The whole address"
          value={typed.email}
          fault={faultOf('email')}
          autocomplete="off"
          required
        />
        <SelectField
          name="scope"
          label="What it is not to get"
          value={typed.scope}
          options={scopes.map(({ scope, label }) => ({ value: scope, label }))}
          fault={faultOf('scope')}
        />
        <SubmitButton>Suppress it</SubmitButton>
      </div>
      <p class="small">
        It holds at once, also for a campaign on its way. Consent stays as it is: to end it, open the person.
      </p>
    </form>
  )
}

export const SuppressionTable = (props: {
  rows: readonly (ShownSuppression & { readonly label: string; readonly mayLift: boolean })[]
  timezone: string
  next: string | null
}) =>
  props.rows.length === 0 ? (
    <Empty title="Nothing is suppressed">
      <p>Bounces and complaints come here by themselves as the provider tells of them.</p>
    </Empty>
  ) : (
    <>
      <Table
        caption="Suppressions, the newest first"
        columns={[{ label: 'Does not get' }, { label: 'Because' }, { label: 'Since' }, { label: '' }]}
        rows={props.rows.map(({ id, label, reason, since, mayLift }) => [
          <strong>{label}</strong>,
          reasonWords[reason],
          <Time at={since} timezone={props.timezone} />,
          mayLift ? <a href={`/console/settings/suppressions/${id}/lift`}>Lift</a> : '',
        ])}
      />
      <Pager next={props.next} />
    </>
  )

export const LiftPanel = (props: { row: ShownSuppression; scope: string; timezone: string }) => {
  const { row, scope } = props
  return (
    <section class="panel narrow">
      <h2>Lift this suppression?</h2>
      <dl class="facts">
        <dt>Does not get</dt>
        <dd>{scope}</dd>
        <dt>Because</dt>
        <dd>{reasonWords[row.reason]}</dd>
        <dt>Since</dt>
        <dd>
          <Time at={row.since} timezone={props.timezone} />
        </dd>
      </dl>
      <ul class="bullets">
        <li>
          Whoever has this one address is mailed again where their consent still stands. Nobody is put on a
          list.
        </li>
        <li>What else is suppressed of the same address stays so.</li>
        {row.reason === 'bounce' && (
          <li>If the mailbox still does not exist, the next mail comes back and it is suppressed again.</li>
        )}
        <li>That you lifted it is written down.</li>
      </ul>
      <div class="actions">
        <LinkButton href="/console/settings/suppressions" weight="quiet">
          Leave it
        </LinkButton>
        <Act action={`/console/settings/suppressions/${row.id}/lift`} label="Lift it" weight="danger" />
      </div>
    </section>
  )
}
