// view · the blocks of the list form for optional purposes and for recipients of the data
import { Hidden } from '../../../ui/components.tsx'
import { blocksOf, OneMore, TakeAway } from './blocks.tsx'
import { Area, type ListForm, PerLanguage, Text } from './controls.tsx'
import { type Measure, measures, typedIn } from './draft.ts'

const measureWords: Readonly<Record<Measure, string>> = {
  clicks: 'Consent to measure clicks',
  opens: 'Consent to measure opens',
}

export const PurposeBlocks = ({ form }: { form: ListForm }) => (
  <>
    <p class="soft">
      Each purpose is an optional checkbox, unticked by default. People who leave it unticked still get the
      newsletter.
    </p>
    <p class="soft">
      Opens and clicks are not measured today, so new lists cannot ask for consent to it, and the notice says
      that nothing is measured.
    </p>
    {measures
      .filter((measure) => form.before?.purposes.some(({ key }) => key === measure) === true)
      .map((measure) => (
        <p class="small">
          <Hidden name="measures" value={measure} />
          {measureWords[measure]}: people have already been asked, so this cannot be removed.
        </p>
      ))}
    {blocksOf(form, 'purposes').map((at) => (
      <PurposeBlock form={form} at={at} />
    ))}
    <OneMore form={form} group="purposes" label="Add purpose" />
  </>
)

const PurposeBlock = ({ form, at }: { form: ListForm; at: number }) => {
  const path = `purposes.${at}`
  const key = typedIn(form.draft, `${path}.key`)
  const isKnown = form.before?.purposes.some((purpose) => purpose.key === key) === true
  return (
    <fieldset class="block">
      <legend>Purpose {at + 1}</legend>
      <PerLanguage
        form={form}
        name={`${path}.title`}
        label="Title"
        hint="For example: Offers from our shop."
        maxlength={120}
        autofocus={form.added === path}
      />
      <PerLanguage
        form={form}
        name={`${path}.text`}
        label="What do people agree to?"
        hint="A sentence or two: what they get, and how often."
        rows={2}
        maxlength={500}
      />
      {isKnown ? (
        <p class="small">
          <Hidden name={`${path}.key`} value={key} />
          People have already been asked. You can change the texts, but not remove the purpose.
        </p>
      ) : (
        <>
          <Text
            form={form}
            name={`${path}.key`}
            label="Key for the API"
            hint="If empty, it is made from the title."
            class="input-medium"
            maxlength={40}
            optional
          />
          <TakeAway group="purposes" at={at} label={`Remove purpose ${at + 1}`} />
        </>
      )}
    </fieldset>
  )
}

export const RecipientBlocks = ({ form }: { form: ListForm }) => (
  <div class="fields">
    <p class="soft">
      The law requires you to name everyone else who handles the addresses. Hosting and mail are named by
      themselves, as <a href="/console/settings/processors">the settings</a> say; add others here, such as an
      agency.
    </p>
    {blocksOf(form, 'recipients').map((at) => (
      <fieldset class="block">
        <legend>Recipient {at + 1}</legend>
        <Text
          form={form}
          name={`recipients.${at}.name`}
          label="Name"
          maxlength={200}
          autofocus={form.added === `recipients.${at}`}
        />
        <Text
          form={form}
          name={`recipients.${at}.role`}
          label="Role"
          hint="For example: delivers the emails."
          maxlength={120}
        />
        <Text
          form={form}
          name={`recipients.${at}.country`}
          label="Country"
          hint="The name, or a two-letter code such as SE or US."
          class="input-medium"
          maxlength={60}
        />
        <Area
          form={form}
          name={`recipients.${at}.safeguard`}
          label="Safeguard"
          hint="For countries outside the EU: standard contractual clauses or an adequacy decision."
          rows={2}
          maxlength={300}
          optional
        />
        <TakeAway group="recipients" at={at} label={`Remove recipient ${at + 1}`} />
      </fieldset>
    ))}
    <OneMore form={form} group="recipients" label="Add recipient" />
  </div>
)
