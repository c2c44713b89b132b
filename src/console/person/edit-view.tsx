// view · the form that edits a person's details, with the saved version beside it after a conflict
import { locales, localised } from '../../i18n/locale.ts'
import { labelled } from '../../i18n/typography/marks.ts'
import type { Field } from '../../lists/list.ts'
import type { Fault } from '../../platform/errors.ts'
import { controlId, ErrorSummary, Hidden, SelectField, TextField } from '../../ui/components.tsx'
import { type ConsoleFrame, ConsolePage } from '../../ui/console/console.tsx'
import { LinkButton, PageHead, Said, SubmitButton } from '../../ui/console/parts.tsx'
import { languages } from '../people/words.ts'
import { zoneOptions } from '../zone-options.ts'
import { type DetailsShown, fieldWords } from './fields.ts'

/** What was typed for one list. */
export interface ListTyped {
  /** One per line. */
  readonly tags: string
  readonly fields: ReadonlyMap<string, string>
}

export interface Typed {
  readonly locale: string
  /** Empty for unknown. */
  readonly timezone: string
  /** By the id of the list. */
  readonly lists: ReadonlyMap<string, ListTyped>
}

export interface EditProps {
  readonly frame: ConsoleFrame
  readonly id: string
  readonly masked: string
  readonly version: string
  readonly saved: {
    readonly locale: string
    readonly timezone: string
    readonly lists: readonly DetailsShown[]
  }
  readonly typed: Typed
  readonly faults: readonly Fault[]
  /** Whether another operator saved after this form was opened. */
  readonly isStale?: boolean
}

/** The names of controls. By id, which a colleague cannot change while the form is open. */
export const fieldName = (list: string, key: string): string => `${list}.fields.${key}`
export const tagsName = (list: string): string => `${list}.tags`

export const EditPage = (props: EditProps) => {
  const { frame, id, typed, faults, saved } = props
  const faultOf = (name: string) => faults.find(({ path }) => path === name)?.message
  return (
    <ConsolePage frame={frame} section="people" title="Edit details">
      <PageHead
        title="Edit details"
        crumb={{ label: props.masked, href: `/console/people/${id}` }}
        about="The audit log records that you changed the details, but not their values. Only the person can give consent, so you cannot do that here."
      />
      <ErrorSummary
        heading="Not saved yet. Please fix this"
        faults={faults.map(({ path, message }) => ({
          name: path,
          message: `${labelled(labelOf(props, path))} ${message}`,
        }))}
      />
      {props.isStale === true && <Theirs {...props} />}
      <form method="post" action={`/console/people/${id}/edit`} class="panel narrow-fields">
        <Hidden name="version" value={props.version} />
        <SelectField
          name="locale"
          label="Language"
          value={typed.locale}
          options={locales.map((value) => ({ value, label: languages[value] ?? value }))}
        />
        <SelectField
          name="timezone"
          label="Time zone"
          hint="Used for quiet hours and for campaigns sent in each person’s time zone."
          value={typed.timezone}
          options={[{ value: '', label: 'Unknown' }, ...zoneOptions(typed.timezone)]}
          fault={faultOf('timezone')}
        />
        {saved.lists.map(({ list, fields }) => (
          <fieldset class="group">
            <legend>On {list.name}</legend>
            {fields.map(({ field, label }) => (
              <FieldControl
                name={fieldName(list.id, field.key)}
                field={field}
                label={label}
                value={typed.lists.get(list.id)?.fields.get(field.key) ?? ''}
                fault={faultOf(fieldName(list.id, field.key))}
              />
            ))}
            <TagsControl
              name={tagsName(list.id)}
              value={typed.lists.get(list.id)?.tags ?? ''}
              fault={faultOf(tagsName(list.id))}
            />
          </fieldset>
        ))}
        <div class="actions">
          <SubmitButton>Save</SubmitButton>
          <LinkButton href={`/console/people/${id}`} weight="quiet">
            Cancel
          </LinkButton>
        </div>
      </form>
    </ConsolePage>
  )
}

/** Names the list too, where the person is on several. */
function labelOf({ saved: { lists } }: EditProps, path: string): string {
  if (path === 'timezone') return 'Time zone'
  const about = lists.flatMap(({ list, fields }) => [
    { path: tagsName(list.id), label: 'Tags', list },
    ...fields.map(({ field, label }) => ({ path: fieldName(list.id, field.key), label, list })),
  ])
  const named = about.find((one) => one.path === path)
  if (named === undefined) return 'Details'
  return lists.length > 1 ? `${named.label} (${named.list.name})` : named.label
}

const FieldControl = ({
  field,
  ...control
}: {
  name: string
  field: Field
  label: string
  value: string
  fault: string | undefined
}) => {
  const shared = {
    ...control,
    hint: field.protected ? 'Stored encrypted. Shown only on this person’s pages.' : null,
  }
  switch (field.type) {
    case 'boolean':
      return (
        <SelectField
          {...shared}
          options={choices([
            ['true', 'Yes'],
            ['false', 'No'],
          ])}
        />
      )
    case 'choice':
      return (
        <SelectField
          {...shared}
          options={choices(
            field.options.map((one) => [one.value, localised(one.label, 'en', 'en') || one.value]),
          )}
        />
      )
    case 'date':
      return <TextField {...shared} type="date" class="input-short" />
    case 'number':
      return <TextField {...shared} inputmode="decimal" class="input-short" />
    case 'text':
      return <TextField {...shared} />
  }
}

const choices = (known: readonly (readonly [string, string])[]) => [
  { value: '', label: 'Unknown' },
  ...known.map(([value, label]) => ({ value, label })),
]

const TagsControl = ({ name, value, fault }: { name: string; value: string; fault: string | undefined }) => (
  <div class="field">
    <label class="label" for={controlId(name)}>
      Tags
    </label>
    <span class="hint" id={`${name}-hint`}>
      One per line, or with commas between them.
    </span>
    {fault !== undefined && (
      <p class="fault" id={`${name}-fault`}>
        {fault}
      </p>
    )}
    <textarea
      class="input"
      id={controlId(name)}
      name={name}
      rows={4}
      aria-invalid={fault === undefined ? undefined : 'true'}
      aria-describedby={fault === undefined ? `${name}-hint` : `${name}-hint ${name}-fault`}
    >
      {value}
    </textarea>
  </div>
)

/** The saved and the typed values where they differ. */
const Theirs = (props: EditProps) => {
  const { saved, typed } = props
  const rows = [
    { label: 'Language', theirs: languages[saved.locale], yours: languages[typed.locale] },
    { label: 'Time zone', theirs: saved.timezone, yours: typed.timezone },
    ...saved.lists.flatMap(({ list, fields, tags }) => {
      const yours = typed.lists.get(list.id)
      return [
        ...fields.map((shown) => ({
          label: labelOf(props, fieldName(list.id, shown.field.key)),
          theirs: fieldWords(shown),
          yours: fieldWords({ ...shown, value: yours?.fields.get(shown.field.key) ?? '' }),
        })),
        {
          label: labelOf(props, tagsName(list.id)),
          theirs: tags.join(', '),
          yours: (yours?.tags ?? '')
            .trim()
            .split(/\s*\n\s*/)
            .join(', '),
        },
      ]
    }),
  ].filter(({ theirs, yours }) => theirs !== yours)
  return (
    <Said tone="warn">
      <div class="stack">
        <p>
          A colleague saved these details while you were editing. Their version is saved. Yours is still in
          the form; saving again replaces theirs.
        </p>
        <ul class="bullets">
          {rows.map(({ label, theirs, yours }) => (
            <li>{`${labelled(label)} saved ${quoted(theirs)}, yours ${quoted(yours)}.`}</li>
          ))}
        </ul>
      </div>
    </Said>
  )
}

const quoted = (text: string | undefined): string =>
  text === undefined || text === '' ? 'empty' : `“${text}”`
