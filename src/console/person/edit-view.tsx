// view · the form that edits a person's details, with the saved version beside it after a conflict
import { locales, localised } from '../../i18n/locale.ts'
import type { Fault } from '../../platform/errors.ts'
import { controlId, ErrorSummary, Hidden, SelectField, TextField } from '../../ui/components.tsx'
import { type ConsoleFrame, ConsolePage } from '../../ui/console/console.tsx'
import { LinkButton, labelled, PageHead, Said, SubmitButton } from '../../ui/console/parts.tsx'
import { languages } from '../people/words.ts'
import { zoneOptions } from '../zone-options.ts'
import { type FieldShown, fieldWords } from './fields.ts'

export interface Typed {
  readonly locale: string
  /** Empty for unknown. */
  readonly timezone: string
  /** One per line. */
  readonly tags: string
  readonly fields: ReadonlyMap<string, string>
}

export interface EditProps {
  readonly frame: ConsoleFrame
  readonly id: string
  readonly masked: string
  readonly version: string
  readonly fields: readonly FieldShown[]
  readonly saved: {
    readonly locale: string
    readonly timezone: string
    readonly tags: readonly string[]
    readonly fields: ReadonlyMap<string, string>
  }
  readonly typed: Typed
  readonly faults: readonly Fault[]
  /** Whether another operator saved after this form was opened. */
  readonly isStale?: boolean
}

export const EditPage = (props: EditProps) => {
  const { frame, id, typed, faults } = props
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
          message: labelled(labelOf(props, path), message),
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
        {props.fields.map((shown) => (
          <FieldControl
            shown={shown}
            value={typed.fields.get(shown.field.key) ?? ''}
            fault={faultOf(`fields.${shown.field.key}`)}
          />
        ))}
        <TagsControl value={typed.tags} fault={faultOf('tags')} />
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

const labelOf = ({ fields }: EditProps, path: string): string =>
  path === 'timezone'
    ? 'Time zone'
    : (fields.find(({ field }) => path === `fields.${field.key}`)?.label ?? 'Tags')

const FieldControl = ({
  shown,
  value,
  fault,
}: {
  shown: FieldShown
  value: string
  fault: string | undefined
}) => {
  const { field, label } = shown
  const shared = {
    name: `fields.${field.key}`,
    label,
    value,
    fault,
    hint: shown.isProtected ? 'Stored encrypted. Shown only on this person’s pages.' : null,
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

const TagsControl = ({ value, fault }: { value: string; fault: string | undefined }) => (
  <div class="field">
    <label class="label" for={controlId('tags')}>
      Tags
    </label>
    <span class="hint" id="tags-hint">
      One per line, or with commas between them.
    </span>
    {fault !== undefined && (
      <p class="fault" id="tags-fault">
        {fault}
      </p>
    )}
    <textarea
      class="input"
      id={controlId('tags')}
      name="tags"
      rows={4}
      aria-invalid={fault === undefined ? undefined : 'true'}
      aria-describedby={fault === undefined ? 'tags-hint' : 'tags-hint tags-fault'}
    >
      {value}
    </textarea>
  </div>
)

/** The saved and the typed values where they differ. */
const Theirs = ({ saved, typed, fields }: EditProps) => {
  const rows = [
    { label: 'Language', theirs: languages[saved.locale], yours: languages[typed.locale] },
    { label: 'Time zone', theirs: saved.timezone, yours: typed.timezone },
    ...fields.map((shown) => ({
      label: shown.label,
      theirs: fieldWords(shown),
      yours: fieldWords({ ...shown, value: typed.fields.get(shown.field.key) ?? '' }),
    })),
    {
      label: 'Tags',
      theirs: saved.tags.join(', '),
      yours: typed.tags
        .trim()
        .split(/\s*\n\s*/)
        .join(', '),
    },
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
            <li>{labelled(label, `saved ${quoted(theirs)}, yours ${quoted(yours)}.`)}</li>
          ))}
        </ul>
      </div>
    </Said>
  )
}

const quoted = (text: string | undefined): string =>
  text === undefined || text === '' ? 'empty' : `“${text}”`
