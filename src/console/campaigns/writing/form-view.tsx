// view · where a campaign is written: to whom, what, and beside it how it will look

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
  /** Null: nothing is saved yet. */
  readonly version: number | null
  /** Where the preview begins: the saved copy, or a page that says what it is for. */
  readonly previewHref: string
  readonly submit: string
  /** Words stand in it that are saved nowhere: who leaves is asked first. */
  readonly unsaved: boolean
}

export const WritingForm = (props: WritingFormProps) => {
  const { fields, faults } = props
  return (
    <form
      method="post"
      action={props.action}
      class="writing"
      data-writing={props.unsaved ? 'unsaved' : 'saved'}
    >
      <Hidden name="list" value={props.list.id} />
      {props.version !== null && <Hidden name="version" value={String(props.version)} />}
      <div class="writing-words">
        <ErrorSummary
          heading="This was not saved yet"
          faults={faults.map(({ path, message }) => ({ name: path, message }))}
        />
        <Audience {...props} />
        <TextField
          name="subject"
          label="Subject"
          value={fields.subject}
          fault={faultOf(faults, 'subject')}
          required
        />
        <TextField
          name="preheader"
          label="Preview text"
          mark="optional"
          hint="What an inbox shows behind the subject."
          value={fields.preheader}
          fault={faultOf(faults, 'preheader')}
        />
        <Body body={fields.body} faults={faults} />
        <MergeFields list={props.list} />
        <div class="actions">
          <SubmitButton>{props.submit}</SubmitButton>
          <SubmitButton weight="quiet" name="then" value="test">
            Save, then test
          </SubmitButton>
          <SubmitButton weight="quiet" name="then" value="launch">
            Save, then send
          </SubmitButton>
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
          label="What for"
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
        label="To whom"
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

/** What was chosen stays chosen, so that its fault can be read beside it. */
const goneSegment = (chosen: string, segments: readonly SegmentName[]) =>
  chosen === '' || segments.some(({ id }) => id === chosen)
    ? []
    : [{ value: chosen, label: 'A segment that is gone' }]

/** Every fault of the text, each with its line. A line end right after the tag would be lost, so there is one more. */
const Body = ({ body, faults }: { body: string; faults: readonly Fault[] }) => {
  const id = controlId('body')
  const own = faults.filter(({ path }) => path === 'body')
  return (
    <div class="field">
      <label for={id}>
        <span class="label">Text</span>
      </label>
      <span class="hint" id={`${id}-hint`}>
        In Markdown: # Heading, **bold**, [words](https://…), - a list. Nothing else is needed: the way to
        leave and your address are added.
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
      <legend class="hidden-words">Show it as</legend>
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
        <span>For somebody of whom only the address is known</span>
      </label>
      <div class="preview-frame">
        <iframe class="preview" name="preview" title="How the mail will look" src={href} />
      </div>
    </fieldset>
  </section>
)
