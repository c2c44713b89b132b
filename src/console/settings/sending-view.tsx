// view · the sending rules form, with the warm-up plan as a chart
import { dateText } from '../../i18n/dates.ts'
import type { Fault } from '../../platform/errors.ts'
import { mailboxName } from '../../segments/words.ts'
import { dayOfPlan, type SendingRules } from '../../sending-rules/rules.ts'
import { mailboxProviders } from '../../subscribers/mailbox-provider.ts'
import { SelectField, TextAreaField, TextField } from '../../ui/components.tsx'
import { count, counted, LinkButton, SubmitButton } from '../../ui/console/parts.tsx'
import { zoneOptions } from '../zone-options.ts'
import type { TypedCap, TypedRules } from './sending-input.ts'

export interface SendingFormProps {
  readonly typed: TypedRules
  readonly faults: readonly Fault[]
  /** The saved plan. */
  readonly plan: SendingRules['warm_up']
  /** `2026-12-01`, in the default time zone. */
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
        label="Default time zone"
        hint="Sets when a day starts, and is used for people whose own time zone is unknown."
        value={typed.timezone}
        options={zoneOptions(typed.timezone)}
        fault={faultAt('timezone')}
      />
      <fieldset class="group">
        <legend>Quiet hours</legend>
        <p class="hint">
          No campaigns are sent during these hours, in each person’s time zone. They can span midnight. Leave
          both empty to send at any hour.
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
          The most people at this provider who are sent emails, across all campaigns, in each clock hour and
          each day. People elsewhere do not wait for them. A new limit applies to campaigns launched from now
          on, a changed limit immediately.
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
        label="Mailbox provider"
        value={cap.mailbox}
        options={[
          { value: '', label: 'none' },
          ...mailboxProviders.map((value) => ({ value, label: mailboxName(value) })),
        ]}
        fault={faultAt(at('mailbox'))}
      />
      {limit('per_hour', 'Per hour')}
      {limit('per_day', 'Per day')}
    </div>
  )
}

const WarmUp = (props: SendingFormProps & { faultAt: FaultAt }) => {
  const { typed, plan, faultAt } = props
  return (
    <fieldset class="group">
      <legend>Warm-up</legend>
      <p class="hint">
        A new domain earns trust gradually: start with a few people per day and send to more each day. After
        the last day there is no limit. Leave empty for no limit.
      </p>
      {plan !== null && <Plan {...props} plan={plan} />}
      {typed.people_per_day === '' && (
        <p>
          <LinkButton href="/console/settings/sending?plan=usual" weight="quiet">
            Use the standard plan
          </LinkButton>
        </p>
      )}
      <div class="row">
        <TextField name="start" type="date" label="First day" value={typed.start} fault={faultAt('start')} />
        <TextAreaField
          name="people_per_day"
          label="People per day"
          hint="One number per line: first day, second day and so on."
          rows={5}
          value={typed.people_per_day}
          fault={faultAt('people_per_day')}
        />
      </div>
    </fieldset>
  )
}

type PlanProps = Omit<SendingFormProps, 'plan'> & { plan: NonNullable<SendingRules['warm_up']> }

/** One bar per day, from zero; a sentence repeats today's progress. */
const Plan = ({ plan, today, countedToday }: PlanProps) => {
  const day = dayOfPlan(plan.start, today)
  const days = plan.people_per_day
  const most = Math.max(...days)
  return (
    <>
      <p>{standing(day, days, { start: plan.start, sent: countedToday })}</p>
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
  { start, sent }: { start: string; sent: number },
): string {
  const today = days[day]
  if (day < 0) return `Starts on ${dateText('en', new Date(start))}. Until then there is no limit.`
  return today === undefined
    ? 'The warm-up is finished: there is no limit.'
    : `Today is day ${day + 1} of ${days.length}: ${count(sent)} of ${counted(today, 'person', 'people')} so far.`
}
