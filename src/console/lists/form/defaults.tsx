// view · questions whose defaults are good: confirming, age, what is kept and how long, the colour
import { Choose, type ListForm, More, Text } from './controls.tsx'
import { typedIn } from './draft.ts'

export const Confirming = ({ form }: { form: ListForm }) => (
  <More
    form={form}
    title="How people confirm, and from what age"
    now={`${typedIn(form.draft, 'confirm.mode') === 'code' ? 'button and code' : 'button'}, from ${typedIn(form.draft, 'minimum_age')} years`}
    holds={['confirm', 'minimum_age']}
  >
    <Choose
      form={form}
      name="confirm.mode"
      label="Nobody is added before they say yes in a message to their address. How do they say it?"
      options={[
        { value: 'button', label: 'They press a button behind the link in the message' },
        { value: 'code', label: 'They also type a code of six digits from the message' },
      ]}
    />
    <Text
      form={form}
      name="confirm.ttl_hours"
      label="Hours in which they can do so"
      hint="From 24 to 336; 168 is a week."
      inputmode="numeric"
      class="input-short"
    />
    <Text
      form={form}
      name="minimum_age"
      label="Minimum age in years"
      hint="Said under the form; 0 says nothing. 16 is safe in every country of the EU."
      inputmode="numeric"
      class="input-short"
    />
  </More>
)

export const Keeping = ({ form }: { form: ListForm }) => (
  <More
    form={form}
    title="What is kept, and how long"
    now={`${typedIn(form.draft, 'retention.inactive_months')} months, evidence ${typedIn(form.draft, 'retention.evidence_years')} years`}
    holds={['retention', 'ip_storage']}
  >
    <Choose
      form={form}
      name="ip_storage"
      label="The IP address and browser of somebody who signs up"
      options={[
        { value: 'none', label: 'are not kept' },
        { value: 'truncated', label: 'are kept shortened, as part of the sealed evidence' },
        { value: 'full', label: 'are kept whole, as part of the sealed evidence' },
      ]}
    />
    <Text
      form={form}
      name="retention.inactive_months"
      label="Months without any sign of life after which a subscription ends"
      hint="From 6 to 120."
      inputmode="numeric"
      class="input-short"
    />
    <Text
      form={form}
      name="retention.evidence_years"
      label="Years the evidence stays after consent ended"
      hint="From 1 to 10, to the end of the calendar year."
      inputmode="numeric"
      class="input-short"
    />
    <Text
      form={form}
      name="retention.deliveries_months"
      label="Months that single deliveries are kept"
      hint="From 1 to 60."
      inputmode="numeric"
      class="input-short"
    />
  </More>
)

export const Look = ({ form }: { form: ListForm }) => (
  <More form={form} title="Colour" now={typedIn(form.draft, 'brand.color') || 'ours'} holds={['brand']}>
    <Text
      form={form}
      name="brand.color"
      label="Colour of buttons and links"
      hint="Such as #1a5f7a. Where it would be hard to read, a darker or lighter shade of it is used."
      class="input-short"
      maxlength={7}
      optional
    />
  </More>
)
