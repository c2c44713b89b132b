// view · the field blocks of the list form: label, type, purpose, storage
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
      Ask only for what the newsletter needs. People see what each field is for before they fill it in.
    </p>
    {blocksOf(form, 'fields').map((at) => (
      <FieldBlock form={form} at={at} />
    ))}
    <OneMore form={form} group="fields" label="Add field" />
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
        label="Label on the form"
        maxlength={120}
        autofocus={form.added === path}
      />
      {known === undefined ? (
        <Choose
          form={form}
          name={`${path}.type`}
          label="Type of answer"
          options={fieldTypes.map((type) => ({ value: type, label: typeWords[type] }))}
        />
      ) : (
        <KnownField form={form} path={path} field={known} />
      )}
      <div class={known === undefined ? 'only-choice' : known.type === 'choice' ? undefined : 'never'}>
        <PerLanguage
          form={form}
          name={`${path}.options`}
          label="Answers, one per line"
          hint="Two or more, in the same order in every language."
          rows={4}
        />
      </div>
      <Box
        form={form}
        name={`${path}.required`}
        label="Required"
        hint="Only for what the newsletter cannot do without. Checkboxes cannot be required."
      />
      {known?.protected !== true && (
        <Box
          form={form}
          name={`${path}.filterable`}
          label="Can be used in segments"
          hint="Values are then stored unencrypted. Text fields that are not used in segments are encrypted: campaigns can show them, but a stolen copy of the database does not."
        />
      )}
      <MoreAboutField form={form} path={path} known={known} />
      <TakeAway group="fields" at={at} label={`Remove field ${at + 1}`} />
    </fieldset>
  )
}

/** A saved field: its type and storage cannot change, because people have already seen it. */
const KnownField = ({ form, path, field }: { form: ListForm; path: string; field: Field }) => (
  <p class="small">
    <Hidden name={`${path}.type`} value={typedIn(form.draft, `${path}.type`)} />
    Type: {typeWords[field.type]}. Storage: {keptWords(field)}. Neither can be changed.
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
    title="Purpose and key"
    now={typedIn(form.draft, `${path}.key`)}
    holds={['key', 'purpose', 'legal_basis', 'sensitive'].map((part) => `${path}.${part}`)}
  >
    <Choose
      form={form}
      name={`${path}.purpose`}
      label="Purpose"
      hint="The field is not used for people who have not agreed to this purpose."
      options={purposeChoices(form)}
    />
    <Choose
      form={form}
      name={`${path}.legal_basis`}
      label="Legal basis"
      options={legalBases.map((basis) => ({ value: basis, label: basisWords[basis] }))}
    />
    <Box
      form={form}
      name={`${path}.sensitive`}
      label="Special category data (GDPR Art. 9): health, beliefs, origin and the like"
      hint="The notice then says so. Avoid asking for it if you can."
    />
    {known === undefined ? (
      <Text
        form={form}
        name={`${path}.key`}
        label="Key for merge fields and the API"
        hint="For example first_name, used in campaigns as {{ subscriber.first_name }}. If empty, it is made from the label."
        class="input-medium"
        maxlength={40}
        optional
      />
    ) : (
      <p class="small">
        <Hidden name={`${path}.key`} value={known.key} />
        Merge field: <code>{`{{ subscriber.${known.key} }}`}</code>
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
  return [{ value: ownPurpose, label: 'the newsletter itself' }, ...further]
}
