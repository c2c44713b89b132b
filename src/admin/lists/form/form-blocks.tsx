// view · the parts of the form of a list that there may be several of: fields, boxes to agree to, further recipients
import { isLocale } from '../../i18n/locale.ts'
import { type Field, fieldTypes, legalBases, ownPurpose } from '../../lists/list.ts'
import { controlId, Hidden } from '../../ui/components.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Area, Box, Boxes, Choose, Does, type ListForm, More, PerLanguage, Text } from './controls.tsx'
import { type Group, groupMost, type Measure, measures, sizeOf, typedIn } from './draft.ts'
import { basisWords, keptWords, typeWords } from './words.ts'

const blocksOf = (form: ListForm, group: Group): readonly number[] =>
  Array.from({ length: sizeOf(form.draft, group) }, (_, at) => at)

const OneMore = ({ form, group, label }: { form: ListForm; group: Group; label: string }) =>
  sizeOf(form.draft, group) < groupMost[group] ? (
    <div class="actions">
      <Does does={`add.${group}`}>
        <Icon name="plus" />
        {label}
      </Does>
    </div>
  ) : null

export const FieldBlocks = ({ form }: { form: ListForm }) => (
  <>
    <p class="soft">
      Ask for as little as the letter needs. Each field says what it is for, and people see it before they
      answer.
    </p>
    {blocksOf(form, 'fields').map((at) => (
      <FieldBlock form={form} at={at} />
    ))}
    <OneMore form={form} group="fields" label="One more field" />
  </>
)

const FieldBlock = ({ form, at }: { form: ListForm; at: number }) => {
  const path = `fields.${at}`
  const key = typedIn(form.draft, `${path}.key`)
  const known = form.before?.fields.find((field) => field.key === key)
  return (
    <fieldset class="block">
      <legend>Field {at + 1}</legend>
      <PerLanguage
        form={form}
        name={`${path}.label`}
        label="What is it called on the form?"
        maxlength={120}
        autofocus={form.added === path}
      />
      {known === undefined ? (
        <Choose
          form={form}
          name={`${path}.type`}
          label="What do people answer with?"
          options={fieldTypes.map((type) => ({ value: type, label: typeWords[type] }))}
        />
      ) : (
        <KnownField form={form} path={path} field={known} />
      )}
      <div class={known === undefined ? 'only-choice' : known.type === 'choice' ? undefined : 'never'}>
        <PerLanguage
          form={form}
          name={`${path}.options`}
          label="The answers, one a line"
          hint="Two or more, in the same order in every language."
          rows={4}
        />
      </div>
      <Box
        form={form}
        name={`${path}.required`}
        label="Nobody can sign up without it"
        hint="Only for what the letter cannot do without. A box to tick cannot be required."
      />
      {known?.protected !== true && (
        <Box
          form={form}
          name={`${path}.filterable`}
          label="Segments may pick people by it"
          hint="Then it is kept readable in the database. Text that is not to be picked by is sealed: it can stand in a letter, and a stolen copy of the database does not show it."
        />
      )}
      <MoreAboutField form={form} path={path} known={known} />
      <div class="actions">
        <Does does={`drop.fields.${at}`} quiet="danger">
          <Icon name="trash-2" />
          Take field {at + 1} away
        </Does>
      </div>
    </fieldset>
  )
}

/** What people have seen: its type and how it is kept cannot change any more. */
const KnownField = ({ form, path, field }: { form: ListForm; path: string; field: Field }) => (
  <p class="small">
    <Hidden name={`${path}.type`} value={typedIn(form.draft, `${path}.type`)} />
    People answer with {typeWords[field.type]}; it is {keptWords(field)}. Both stay as they are.
  </p>
)

const MoreAboutField = ({
  form,
  path,
  known,
}: {
  form: ListForm
  path: string
  known: Field | undefined
}) => (
  <More
    form={form}
    title="What it is for, and its short name"
    now={typedIn(form.draft, `${path}.key`)}
    holds={['key', 'purpose', 'legal_basis', 'sensitive'].map((part) => `${path}.${part}`)}
  >
    <Choose
      form={form}
      name={`${path}.purpose`}
      label="Which purpose does it serve?"
      hint="Where somebody has not agreed to that purpose, the field is not used."
      options={purposeChoices(form)}
    />
    <Choose
      form={form}
      name={`${path}.legal_basis`}
      label="On what legal ground?"
      options={legalBases.map((basis) => ({ value: basis, label: basisWords[basis] }))}
    />
    <Box
      form={form}
      name={`${path}.sensitive`}
      label="It tells of health, belief, origin or the like"
      hint="The notice then says so. Better not to ask."
    />
    {known === undefined ? (
      <Text
        form={form}
        name={`${path}.key`}
        label="Short name for letters and programs"
        hint="Such as first_name: a letter says {{ subscriber.first_name }}. Left empty, it is made from the label."
        class="input-medium"
        maxlength={40}
        optional
      />
    ) : (
      <p class="small">
        <Hidden name={`${path}.key`} value={known.key} />
        In letters it is <code>{`{{ subscriber.${known.key} }}`}</code>.
      </p>
    )}
  </More>
)

function purposeChoices(form: ListForm) {
  const main = typedIn(form.draft, 'default_locale')
  const locale = isLocale(main) ? main : 'en'
  const further = blocksOf(form, 'purposes').flatMap((at) => {
    const key = typedIn(form.draft, `purposes.${at}.key`)
    const title = typedIn(form.draft, `purposes.${at}.title.${locale}`)
    return key === '' ? [] : [{ value: key, label: title === '' ? key : title }]
  })
  return [{ value: ownPurpose, label: 'the letter itself' }, ...further]
}

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
          <div class="actions">
            <Does does={`drop.purposes.${at}`} quiet="danger">
              <Icon name="trash-2" />
              Take box {at + 1} away
            </Does>
          </div>
        </>
      )}
    </fieldset>
  )
}

export const RecipientBlocks = ({ form }: { form: ListForm }) => (
  <div class="fields" id={controlId('recipients')}>
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
        <div class="actions">
          <Does does={`drop.recipients.${at}`} quiet="danger">
            <Icon name="trash-2" />
            Take recipient {at + 1} away
          </Does>
        </div>
      </fieldset>
    ))}
    <OneMore form={form} group="recipients" label="One more recipient" />
  </div>
)
