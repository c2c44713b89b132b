// view · questions with good defaults: confirmation, age, retention, colour
import { zoneOptions } from '../../zone-options.ts'
import { Choose, type ListForm, More, Text } from './controls.tsx'
import { typedIn } from './draft.ts'

export const Confirming = ({ form }: { form: ListForm }) => (
  <More
    form={form}
    title="Confirmation and minimum age"
    now={`${typedIn(form.draft, 'confirm.mode') === 'code' ? 'button and code' : 'button'}, minimum age ${typedIn(form.draft, 'minimum_age')}`}
    holds={['confirm', 'minimum_age']}
  >
    <Choose
      form={form}
      name="confirm.mode"
      label="People are added only after they confirm by email. How do they confirm?"
      options={[
        { value: 'button', label: 'They press a button on the page the email links to' },
        { value: 'code', label: 'They also enter a six-digit code from the email' },
      ]}
    />
    <Text
      form={form}
      name="confirm.ttl_hours"
      label="Hours to confirm"
      hint="From 24 to 336. 168 hours are one week."
      inputmode="numeric"
      class="input-short"
    />
    <Text
      form={form}
      name="minimum_age"
      label="Minimum age in years"
      hint="Shown below the form; 0 shows nothing. 16 is safe in every EU country."
      inputmode="numeric"
      class="input-short"
    />
  </More>
)

export const Keeping = ({ form }: { form: ListForm }) => (
  <More
    form={form}
    title="Data retention"
    now={`subscriptions: ${withUnit(typedIn(form.draft, 'retention.inactive_months'), 'month')}, evidence: ${withUnit(typedIn(form.draft, 'retention.evidence_years'), 'year')}`}
    holds={['retention', 'ip_storage']}
  >
    <p class="soft">
      The three numbers are not applied yet: nothing is deleted automatically, and the notice states no dates
      for it.
    </p>
    <Choose
      form={form}
      name="ip_storage"
      label="IP address and browser at sign-up"
      options={[
        { value: 'none', label: 'Not kept' },
        { value: 'truncated', label: 'Kept shortened, in the sealed evidence' },
        { value: 'full', label: 'Kept in full, in the sealed evidence' },
      ]}
    />
    <Text
      form={form}
      name="retention.inactive_months"
      label="Months of inactivity after which a subscription ends"
      hint="From 6 to 120."
      inputmode="numeric"
      class="input-short"
    />
    <Text
      form={form}
      name="retention.evidence_years"
      label="Years to keep evidence after consent ends"
      hint="From 1 to 10, until the end of that calendar year."
      inputmode="numeric"
      class="input-short"
    />
    <Text
      form={form}
      name="retention.deliveries_months"
      label="Months to keep individual delivery records"
      hint="From 1 to 60."
      inputmode="numeric"
      class="input-short"
    />
  </More>
)

const withUnit = (number: string, unit: string): string => `${number} ${unit}${number === '1' ? '' : 's'}`

export const Look = ({ form }: { form: ListForm }) => (
  <More form={form} title="Colour" now={typedIn(form.draft, 'brand.color') || 'default'} holds={['brand']}>
    <Text
      form={form}
      name="brand.color"
      label="Colour of buttons and links"
      hint="For example #1a5f7a. A darker or lighter shade is used where this one would be hard to read."
      class="input-short"
      maxlength={7}
      optional
    />
  </More>
)

export const Clock = ({ form }: { form: ListForm }) => {
  const typed = typedIn(form.draft, 'timezone')
  return (
    <More form={form} title="Time zone" now={typed || 'default'} holds={['timezone']}>
      <Choose
        form={form}
        name="timezone"
        label="Time zone for people whose own is unknown"
        hint="Counts for quiet hours, and for campaigns sent at a local time."
        options={[{ value: '', label: 'The default time zone of the sending rules' }, ...zoneOptions(typed)]}
      />
    </More>
  )
}
