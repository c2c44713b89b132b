// view · the form of the rules on sending, and the warm-up drawn day by day
import { dateText } from '../../i18n/dates.ts'
import type { Fault } from '../../platform/errors.ts'
import { mailboxName } from '../../segments/words.ts'
import { dayOfPlan, type SendingRules } from '../../sending-rules/rules.ts'
import { mailboxProviders } from '../../subscribers/mailbox-provider.ts'
import { SelectField, TextAreaField, TextField } from '../../ui/components.tsx'
import { count, LinkButton, SubmitButton } from '../../ui/console/parts.tsx'
import { zoneOptions } from '../zone-options.ts'
import type { TypedCap, TypedRules } from './sending-input.ts'

export interface SendingFormProps {
  readonly typed: TypedRules
  readonly faults: readonly Fault[]
  /** As it is saved. */
  readonly plan: SendingRules['warm_up']
  /** `2026-12-01`, in the zone of the house. */
  readonly today: string
  readonly countedToday: number
}

export const SendingForm = (props: SendingFormProps) => {
  const { typed, faults } = props
  const faultAt = (name: string) => faults.find(({ path }) => path === name)?.message
  return (
    <form method="post" action="/console/settings/sending" class="panel sending-rules">
      <SelectField
        name="timezone"
        label="Time zone of the house"
        hint="For its days, and for people whose own time zone is not known."
        value={typed.timezone}
        options={zoneOptions(typed.timezone)}
        fault={faultAt('timezone')}
      />
      <fieldset class="group">
        <legend>Quiet hours</legend>
        <p class="hint">
          Nobody is sent a campaign in them, by the clock where they live. Across midnight too; empty: at any
          hour.
        </p>
        <div class="row">
          <TextField name="from" type="time" label="From" value={typed.from} fault={faultAt('from')} />
          <TextField name="to" type="time" label="To" value={typed.to} fault={faultAt('to')} />
        </div>
      </fieldset>
      <WarmUp {...props} faultAt={faultAt} />
      <fieldset class="group">
        <legend>Limits per mailbox provider</legend>
        <p class="hint">
          How many people there are sent something, all campaigns together: an hour by the clock, and a day.
          Those elsewhere do not wait for them. A new limit holds for campaigns launched from now on, a
          changed one at once.
        </p>
        {typed.caps.map((cap, row) => (
          <CapRow cap={cap} row={row} faultAt={faultAt} />
        ))}
      </fieldset>
      <SubmitButton>Save</SubmitButton>
    </form>
  )
}

type FaultAt = (name: string) => string | undefined

const CapRow = ({ cap, row, faultAt }: { cap: TypedCap; row: number; faultAt: FaultAt }) => {
  const at = (part: string): string => `caps.${row}.${part}`
  const limit = (part: 'per_hour' | 'per_day', label: string) => (
    <TextField
      name={at(part)}
      label={label}
      inputmode="numeric"
      value={cap[part]}
      fault={faultAt(at(part))}
    />
  )
  return (
    <div class="row cap-row">
      <SelectField
        name={at('mailbox')}
        label="Mailboxes at"
        value={cap.mailbox}
        options={[
          { value: '', label: 'nobody' },
          ...mailboxProviders.map((value) => ({ value, label: mailboxName(value) })),
        ]}
        fault={faultAt(at('mailbox'))}
      />
      {limit('per_hour', 'An hour')}
      {limit('per_day', 'A day')}
    </div>
  )
}

const WarmUp = (props: SendingFormProps & { faultAt: FaultAt }) => {
  const { typed, plan, faultAt } = props
  return (
    <fieldset class="group">
      <legend>Warm-up</legend>
      <p class="hint">
        A domain that never sent is trusted little by little: so many people on its first day, more on each
        that follows, no limit after the last. Empty: no limit.
      </p>
      {plan !== null && <Plan {...props} plan={plan} />}
      {typed.people_per_day === '' && (
        <p>
          <LinkButton href="/console/settings/sending?plan=usual" weight="quiet">
            Fill in the usual plan
          </LinkButton>
        </p>
      )}
      <div class="row">
        <TextField name="start" type="date" label="First day" value={typed.start} fault={faultAt('start')} />
        <TextAreaField
          name="people_per_day"
          label="People per day"
          hint="One number a line: the first day, the second, and so on."
          rows={5}
          value={typed.people_per_day}
          fault={faultAt('people_per_day')}
        />
      </div>
    </fieldset>
  )
}

type PlanProps = Omit<SendingFormProps, 'plan'> & { plan: NonNullable<SendingRules['warm_up']> }

/** Each day a bar, from zero; where today stands is said in words as well. */
const Plan = ({ plan, today, countedToday }: PlanProps) => {
  const day = dayOfPlan(plan.start, today)
  const days = plan.people_per_day
  const most = Math.max(...days)
  return (
    <>
      <p>{standing(day, days, { start: plan.start, counted: countedToday })}</p>
      <ol class="plan">
        {days.map((people, at) => (
          <li aria-current={at === day ? 'date' : undefined}>
            <span class="plan-day">{dateText('en', new Date(Date.parse(plan.start) + at * 86_400_000))}</span>
            <span class="number">{count(people)}</span>
            <svg viewBox="0 0 1000 12" preserveAspectRatio="none" aria-hidden="true">
              <rect
                class={at < day ? 'plan-past' : 'plan-open'}
                width={Math.max(4, Math.round((people / most) * 1000))}
                height="12"
              />
              {at === day && (
                <rect
                  class="plan-past"
                  width={Math.round((Math.min(countedToday, people) / most) * 1000)}
                  height="12"
                />
              )}
            </svg>
          </li>
        ))}
      </ol>
    </>
  )
}

function standing(
  day: number,
  days: readonly number[],
  { start, counted }: { start: string; counted: number },
): string {
  const today = days[day]
  if (day < 0) return `It begins on ${dateText('en', new Date(start))}; until then there is no limit.`
  return today === undefined
    ? 'The plan is over: there is no limit any more.'
    : `Today is day ${day + 1} of ${days.length}: ${count(counted)} of ${count(today)} people so far.`
}
