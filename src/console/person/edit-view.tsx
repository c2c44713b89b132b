// view · the form that corrects a person; where somebody else was quicker, what they saved stands beside it
import { locales, localised } from '../../i18n/locale.ts'
import type { Fault } from '../../platform/errors.ts'
import { controlId, ErrorSummary, Hidden, SelectField, TextField } from '../../ui/components.tsx'
import { type ConsoleFrame, ConsolePage } from '../../ui/console/console.tsx'
import { LinkButton, PageHead, Said, SubmitButton } from '../../ui/console/parts.tsx'
import { languages } from '../people/words.ts'
import { zoneOptions } from '../zone-options.ts'
import { type FieldShown, fieldWords } from './fields.ts'

export interface Typed {
  readonly locale: string
  /** Empty: not known. */
  readonly timezone: string
  /** One a line. */
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
  /** Somebody saved between the opening of this form and its post. */
  readonly isStale?: boolean
}

export const EditPage = (props: EditProps) => {
  const { frame, id, typed, faults } = props
  const faultOf = (name: string) => faults.find(({ path }) => path === name)?.message
  return (
    <ConsolePage frame={frame} section="people" title="Correct a person">
      <PageHead
        title="Correct a person"
        crumb={{ label: props.masked, href: `/console/people/${id}` }}
        about="What you change here is written into the audit log, without its values. Consents cannot be given here: only the person does that."
      />
      <ErrorSummary
        heading="Nothing was saved yet"
        faults={faults.map(({ path, message }) => ({
          name: path,
          message: `${labelOf(props, path)}: ${message}`,
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
          hint="For quiet hours, and for campaigns at a time of their own."
          value={typed.timezone}
          options={[{ value: '', label: 'Not known' }, ...zoneOptions(typed.timezone)]}
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
            Leave as it was
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
    hint: shown.isProtected ? 'Kept encrypted; shown on this person’s pages only.' : null,
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
  { value: '', label: 'Not known' },
  ...known.map(([value, label]) => ({ value, label })),
]

const TagsControl = ({ value, fault }: { value: string; fault: string | undefined }) => (
  <div class="field">
    <label class="label" for={controlId('tags')}>
      Tags
    </label>
    <span class="hint" id="tags-hint">
      One a line, in words of your own.
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

/** What is saved and what was typed, where they differ. */
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
          Somebody else saved this person while you were writing. Theirs is kept; yours is still in the form,
          and takes its place if you save again.
        </p>
        <ul class="bullets">
          {rows.map(({ label, theirs, yours }) => (
            <li>
              {label}: saved is {quoted(theirs)}, you wrote {quoted(yours)}.
            </li>
          ))}
        </ul>
      </div>
    </Said>
  )
}

const quoted = (text: string | undefined): string =>
  text === undefined || text === '' ? 'nothing' : `“${text}”`
