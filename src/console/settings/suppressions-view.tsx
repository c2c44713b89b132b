// view · the suppressions table without addresses, the form that adds one, the page that lifts one
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
  bounce: 'bounced',
  complaint: 'reported as spam',
  erasure: 'erased',
  operator: 'added by hand',
  block_me: 'blocked by the person',
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
          inputmode="email"
          label="Email address"
          value={typed.email}
          fault={faultOf('email')}
          autocomplete="off"
          required
        />
        <SelectField
          name="scope"
          label="Suppress for"
          value={typed.scope}
          options={scopes.map(({ scope, label }) => ({ value: scope, label }))}
          fault={faultOf('scope')}
        />
        <SubmitButton>Suppress</SubmitButton>
      </div>
      <p class="small">
        Applies immediately, including to campaigns being sent. Consent is not changed; to withdraw it, open
        the person’s page.
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
    <Empty title="No suppressions">
      <p>Addresses that bounce or complain are added automatically when the provider reports them.</p>
    </Empty>
  ) : (
    <>
      <Table
        caption="Suppressions, newest first"
        columns={[{ label: 'Suppressed for' }, { label: 'Reason' }, { label: 'Since' }, { label: '' }]}
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
        <dt>Suppressed for</dt>
        <dd>{scope}</dd>
        <dt>Reason</dt>
        <dd>{reasonWords[row.reason]}</dd>
        <dt>Since</dt>
        <dd>
          <Time at={row.since} timezone={props.timezone} />
        </dd>
      </dl>
      <ul class="bullets">
        <li>
          The person with this address gets emails again where their consent is in force. They are not added
          to any list.
        </li>
        <li>Other suppressions of the same address stay in place.</li>
        {row.reason === 'bounce' && (
          <li>
            If the mailbox still does not exist, the next email bounces and the address is suppressed again.
          </li>
        )}
        <li>The audit log records that you lifted it.</li>
      </ul>
      <div class="actions">
        <LinkButton href="/console/settings/suppressions" weight="quiet">
          Keep suppression
        </LinkButton>
        <Act
          action={`/console/settings/suppressions/${row.id}/lift`}
          label="Lift suppression"
          weight="danger"
        />
      </div>
    </section>
  )
}
