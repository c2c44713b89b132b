// view · what people are asked beyond their address: each field with what it is for and how it is kept
import { isLocale } from '../../../i18n/locale.ts'
import { type Field, fieldTypes, legalBases, ownPurpose } from '../../../lists/list.ts'
import { Hidden } from '../../../ui/components.tsx'
import { basisWords, keptWords, typeWords } from '../words.ts'
import { blocksOf, OneMore, TakeAway } from './blocks.tsx'
import { Box, Choose, type ListForm, More, PerLanguage, Text } from './controls.tsx'
import { typedIn } from './draft.ts'

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
      <TakeAway group="fields" at={at} label={`Take field ${at + 1} away`} />
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
