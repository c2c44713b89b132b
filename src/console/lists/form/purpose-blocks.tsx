// view · what people may agree to beside the letter, and who else handles the data
import { Hidden } from '../../../ui/components.tsx'
import { blocksOf, OneMore, TakeAway } from './blocks.tsx'
import { Area, Box, Boxes, type ListForm, PerLanguage, Text } from './controls.tsx'
import { type Measure, measures, typedIn } from './draft.ts'

const measureWords: Readonly<Record<Measure, { readonly label: string; readonly hint: string }>> = {
  clicks: {
    label: 'Ask whether clicks may be measured',
    hint: 'A box of its own on the form: “Measure which links I click, so that the emails get better”.',
  },
  opens: {
    label: 'Ask whether opens may be measured',
    hint: 'A box of its own on the form: “Measure whether I open the emails, so that they get better”.',
  },
}

export const PurposeBlocks = ({ form }: { form: ListForm }) => (
  <>
    <p class="soft">
      Each is a box of its own, empty at first and optional. Whoever leaves it empty gets the letter all the
      same.
    </p>
    <Boxes
      form={form}
      name="measures"
      label="Measuring"
      hint="Nothing is measured today, and the notice says so. Should it begin, then only for people who ticked the box."
    >
      {measures.map((measure) =>
        form.before?.purposes.some(({ key }) => key === measure) === true ? (
          <p class="small">
            <Hidden name="measures" value={measure} />
            {measureWords[measure].hint} It was asked for already and stays.
          </p>
        ) : (
          <Box form={form} name="measures" value={measure} several {...measureWords[measure]} />
        ),
      )}
    </Boxes>
    {blocksOf(form, 'purposes').map((at) => (
      <PurposeBlock form={form} at={at} />
    ))}
    <OneMore form={form} group="purposes" label="One more kind of letter" />
  </>
)

const PurposeBlock = ({ form, at }: { form: ListForm; at: number }) => {
  const path = `purposes.${at}`
  const key = typedIn(form.draft, `${path}.key`)
  const isKnown = form.before?.purposes.some((purpose) => purpose.key === key) === true
  return (
    <fieldset class="block">
      <legend>Box {at + 1}</legend>
      <PerLanguage
        form={form}
        name={`${path}.title`}
        label="What is it called?"
        hint="Such as: Offers from our shop."
        maxlength={120}
        autofocus={form.added === path}
      />
      <PerLanguage
        form={form}
        name={`${path}.text`}
        label="What do people agree to?"
        hint="A sentence or two: what comes, and how often."
        rows={2}
        maxlength={500}
      />
      {isKnown ? (
        <p class="small">
          <Hidden name={`${path}.key`} value={key} />
          People were asked for it: its words can change, but it stays.
        </p>
      ) : (
        <>
          <Text
            form={form}
            name={`${path}.key`}
            label="Short name for programs"
            hint="Left empty, it is made from the title."
            class="input-medium"
            maxlength={40}
            optional
          />
          <TakeAway group="purposes" at={at} label={`Take box ${at + 1} away`} />
        </>
      )}
    </fieldset>
  )
}

export const RecipientBlocks = ({ form }: { form: ListForm }) => (
  <div class="fields">
    <p class="soft">
      The law asks you to name whoever else handles the addresses: the company that hosts this, the one that
      delivers the mail. Without any, the notice says that there is none.
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
          label="What for"
          hint="Such as: delivers the mail."
          maxlength={120}
        />
        <Text
          form={form}
          name={`recipients.${at}.country`}
          label="Country"
          hint="A code of two letters, such as SE or US, or its name."
          class="input-medium"
          maxlength={60}
        />
        <Area
          form={form}
          name={`recipients.${at}.safeguard`}
          label="What protects the data there"
          hint="Outside the EU: standard contractual clauses, an adequacy decision."
          rows={2}
          maxlength={300}
          optional
        />
        <TakeAway group="recipients" at={at} label={`Take recipient ${at + 1} away`} />
      </fieldset>
    ))}
    <OneMore form={form} group="recipients" label="One more recipient" />
  </div>
)
