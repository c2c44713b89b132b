// view · the campaign form: audience, subject, text, and a preview beside it

import { localised } from '../../../i18n/locale.ts'
import type { List } from '../../../lists/list.ts'
import type { Fault } from '../../../platform/errors.ts'
import type { SegmentName } from '../../../segments/find-names.ts'
import { controlId, ErrorSummary, Hidden, SelectField, TextField } from '../../../ui/components.tsx'
import { SubmitButton } from '../../../ui/console/parts.tsx'
import type { WritingFields } from './fields.ts'
import { MergeFields } from './merge-fields-view.tsx'

export interface WritingFormProps {
  readonly action: string
  readonly list: List
  readonly segments: readonly SegmentName[]
  readonly fields: WritingFields
  readonly faults: readonly Fault[]
  /** Null for a campaign that is not saved yet. */
  readonly version: number | null
  /** The id that the campaign gets, while it is not saved yet. */
  readonly once?: string
  /** Whether the text is saved while it is written, where scripts run. */
  readonly autosaves?: boolean
  /** The first page in the preview frame: the saved copy, or a placeholder. */
  readonly previewHref: string
  readonly submit: string
  /** Whether the form holds text that is not saved: leaving the page then asks first. */
  readonly unsaved: boolean
  /** Whether the faults are those of a saved draft, which cannot be sent yet. */
  readonly isSaved?: boolean
}

export const WritingForm = (props: WritingFormProps) => {
  const { fields, faults } = props
  return (
    <form
      method="post"
      action={props.action}
      class="writing"
      data-writing={props.unsaved ? 'unsaved' : 'saved'}
      data-autosave={props.autosaves === true ? '' : undefined}
    >
      <Hidden name="list" value={props.list.id} />
      {props.version !== null && <Hidden name="version" value={String(props.version)} />}
      {props.once !== undefined && <Hidden name="once" value={props.once} />}
      <div class="writing-words">
        <ErrorSummary
          heading={
            props.isSaved === true
              ? 'This draft cannot be sent yet. Please fix this'
              : 'Not saved yet. Please fix this'
          }
          faults={faults.map(({ path, message }) => ({ name: path, message }))}
        />
        <Audience {...props} />
        <TextField name="subject" label="Subject" value={fields.subject} fault={faultOf(faults, 'subject')} />
        <TextField
          name="preheader"
          label="Preview text"
          mark="optional"
          hint="Shown after the subject in the inbox."
          value={fields.preheader}
          fault={faultOf(faults, 'preheader')}
        />
        <Body body={fields.body} faults={faults} />
        <MergeFields list={props.list} />
        <div class="actions">
          <SubmitButton>{props.submit}</SubmitButton>
          <SubmitButton weight="quiet" name="then" value="test">
            Save and test
          </SubmitButton>
          <SubmitButton weight="quiet" name="then" value="launch">
            Save and continue to sending
          </SubmitButton>
          <output class="soft" data-autosaved="" />
        </div>
      </div>
      <Preview href={props.previewHref} />
    </form>
  )
}

const faultOf = (faults: readonly Fault[], name: string): string | undefined =>
  faults.find(({ path }) => path === name)?.message

const Audience = ({ list, segments, fields, faults }: WritingFormProps) => {
  const purposes = list.purposes.filter(({ kind }) => kind === 'mail')
  return (
    <div class="row">
      {purposes.length > 1 ? (
        <SelectField
          name="purpose"
          label="Purpose"
          value={fields.purpose}
          fault={faultOf(faults, 'purpose')}
          options={purposes.map(({ key, title }) => ({
            value: key,
            label: localised(title, 'en', list.default_locale),
          }))}
        />
      ) : (
        <Hidden name="purpose" value={fields.purpose} />
      )}
      <SelectField
        name="segment"
        label="Audience"
        value={fields.segment}
        fault={faultOf(faults, 'segment')}
        options={[
          { value: '', label: 'Everyone on the list' },
          ...segments.map(({ id, name }) => ({ value: id, label: name })),
          ...goneSegment(fields.segment, segments),
        ]}
      />
    </div>
  )
}

/** Keeps a deleted segment selected, so that its fault is shown beside it. */
const goneSegment = (chosen: string, segments: readonly SegmentName[]) =>
  chosen === '' || segments.some(({ id }) => id === chosen)
    ? []
    : [{ value: chosen, label: 'Deleted segment' }]

/** Shows every fault of the text with its line. The extra line end after the tag makes up for the one that HTML drops. */
const Body = ({ body, faults }: { body: string; faults: readonly Fault[] }) => {
  const id = controlId('body')
  const own = faults.filter(({ path }) => path === 'body')
  return (
    <div class="field">
      <label for={id}>
        <span class="label">Text</span>
      </label>
      <span class="hint" id={`${id}-hint`}>
        Use Markdown: # Heading, **bold**, [link text](https://…), - list item. The unsubscribe link and your
        postal address are added automatically.
      </span>
      {own.length > 0 && (
        <div class="fault" id={`${id}-fault`}>
          {own.map(({ message }) => (
            <p>{message}</p>
          ))}
        </div>
      )}
      <textarea
        class="input input-code-text writing-body"
        id={id}
        name="body"
        spellcheck
        aria-invalid={own.length > 0 ? 'true' : undefined}
        aria-describedby={own.length > 0 ? `${id}-hint ${id}-fault` : `${id}-hint`}
      >
        {`\n${body}`}
      </textarea>
    </div>
  )
}

const looks = [
  { value: 'desktop', label: 'Desktop' },
  { value: 'phone', label: 'Phone' },
  { value: 'text', label: 'Plain text' },
] as const

const Preview = ({ href }: { href: string }) => (
  <section class="writing-preview" aria-label="Preview">
    <fieldset class="choices">
      <legend class="hidden-words">Preview format</legend>
      {looks.map(({ value, label }) => (
        <>
          <input
            type="radio"
            id={controlId('as', value)}
            name="as"
            value={value}
            checked={value === 'desktop'}
          />
          <label class="choice" for={controlId('as', value)}>
            {label}
          </label>
        </>
      ))}
      <button
        type="submit"
        class="button button-quiet"
        formaction="/console/campaigns/preview"
        formtarget="preview"
        formnovalidate
        data-preview=""
      >
        Preview
      </button>
      <label class="box" for={controlId('missing')}>
        <input type="checkbox" id={controlId('missing')} name="missing" value="1" />
        <span>Preview without field values</span>
      </label>
      <div class="preview-frame">
        <iframe class="preview" name="preview" title="Preview of the email" src={href} />
      </div>
    </fieldset>
  </section>
)
