// view · the segment form: conditions as rows or as JSON, and the count
import type { Child } from 'hono/jsx'
import { labelled } from '../../i18n/typography/marks.ts'
import { controlId, ErrorSummary, Hidden, TextField } from '../../ui/components.tsx'
import { type ConsoleFrame, ConsolePage } from '../../ui/console/console.tsx'
import { count, LinkButton, PageHead, Said, SubmitButton } from '../../ui/console/parts.tsx'
import { type Builder, type Group, isGroup, type Join, type RowFault, rowAt } from './builder.ts'
import type { RowContext } from './options.ts'
import { AddRow, RowView, titleOf } from './row-view.tsx'

export interface BuilderProps {
  readonly frame: ConsoleFrame
  readonly context: RowContext
  /** Undefined for a new segment. */
  readonly id?: string
  /** The saved name; undefined for a new segment. */
  readonly savedName?: string
  readonly name: string
  /** The last change that the form is based on; of a new segment the id that it gets, so that two presses make one. */
  readonly version: string
  readonly form:
    | { readonly kind: 'rows'; readonly builder: Builder }
    | { readonly kind: 'json'; readonly text: string }
  /** Why the form shows JSON without being asked to. */
  readonly whyJson?: string
  /** Shown once the form was counted or saved: a condition that was just added is not wrong yet. */
  readonly faults: readonly RowFault[]
  readonly nameFault?: string | undefined
  readonly counted: { readonly reachable: number; readonly onList: number; readonly words: string } | null
  readonly mayWrite: boolean
  /** Whether the operator may see the people behind the count. */
  readonly maySeePeople: boolean
  readonly done?: string | undefined
  /** In words, the version that another operator saved meanwhile. */
  readonly theirs?: string
}

const doneWords: Readonly<Record<string, string>> = {
  created: 'The segment is saved. You can now choose it in campaigns.',
  changed: 'The segment is saved. Campaigns that are not launched yet use the new version.',
}

export const SegmentPage = (props: BuilderProps) => {
  const { frame, context, id, name } = props
  const title = props.savedName ?? 'New segment'
  const said = props.done === undefined ? undefined : doneWords[props.done]
  return (
    <ConsolePage frame={frame} section="segments" title={title} scripts={['segmentCount']}>
      <PageHead
        title={title}
        crumb={{ label: 'Segments', href: '/console/segments' }}
        about={`A group of people on ${context.list.name}, by what you know about them.`}
      >
        {id !== undefined && props.mayWrite && (
          <LinkButton href={`/console/segments/${id}/delete`} weight="quiet danger">
            Delete
          </LinkButton>
        )}
      </PageHead>
      {said !== undefined && <Said>{said}</Said>}
      <ErrorSummary heading="Please fix this" faults={summaryOf(props)} />
      {props.theirs !== undefined && (
        <Said tone="warn">
          A colleague saved this segment while you were editing. Saved version: {props.theirs} Your version is
          still below; saving again replaces theirs.
        </Said>
      )}
      <form method="post" action={`/console/segments/${id ?? 'new'}`} class="segment-form" data-segment>
        {/* Enter in a field presses the first button of a form: counting is harmless. */}
        <button type="submit" class="hidden-words" name="do" value="count" tabindex={-1}>
          Count
        </button>
        <Hidden name="list" value={context.list.slug} />
        <Hidden name="version" value={props.version} />
        <Hidden name="mode" value={props.form.kind} />
        {props.mayWrite && (
          <TextField
            name="name"
            label="Name"
            hint="Only you and your colleagues see it."
            value={name}
            fault={props.nameFault}
            maxlength={120}
          />
        )}
        {props.form.kind === 'rows' ? (
          <Sentences builder={props.form.builder} {...props} />
        ) : (
          <AsJson {...props} text={props.form.text} />
        )}
        <CountPanel {...props} />
        <div class="actions">
          {props.mayWrite && (
            <SubmitButton name="do" value="save">
              Save
            </SubmitButton>
          )}
          <SubmitButton weight={props.mayWrite ? 'quiet' : 'main'} name="do" value="count">
            Count
          </SubmitButton>
          <SubmitButton weight="quiet" name="do" value={props.form.kind === 'rows' ? 'as-json' : 'as-rows'}>
            {props.form.kind === 'rows' ? 'Edit as JSON' : 'Back to the form'}
          </SubmitButton>
        </div>
      </form>
    </ConsolePage>
  )
}

function summaryOf(props: BuilderProps) {
  const name = props.nameFault === undefined ? [] : [{ name: 'name', message: `Name: ${props.nameFault}` }]
  const { form } = props
  const faults = props.faults.map(({ at, message }) => {
    if (form.kind === 'json') return { name: 'json', message: at === '' ? message : `${at}: ${message}` }
    const row = rowAt(form.builder, at)
    return row === undefined
      ? { name: '', message }
      : { name: `row.${at}.value`, message: `${labelled(titleOf(row.what, props.context))} ${message}` }
  })
  return [...name, ...faults]
}

const Sentences = ({ builder, context, faults }: BuilderProps & { builder: Builder }) => {
  const faultAt = (at: string) => faults.find((fault) => fault.at === at)?.message
  return (
    <fieldset class="conditions panel">
      <legend class="hidden-words">Conditions</legend>
      <JoinLine name="join" join={builder.join}>
        People on {context.list.name} who match
      </JoinLine>
      {builder.items.length === 0 ? (
        <p class="soft">
          No conditions yet: {builder.join === 'all' ? 'everyone on the list matches' : 'nobody matches'}.
        </p>
      ) : (
        <ol class="condition-list">
          {builder.items.map((item, at) =>
            isGroup(item) ? (
              <GroupView group={item} at={String(at)} context={context} faultAt={faultAt} />
            ) : (
              <RowView row={item} at={String(at)} context={context} fault={faultAt(String(at))} />
            ),
          )}
        </ol>
      )}
      <AddRow group="" context={context}>
        <button type="submit" class="button button-quiet" name="do" value="group">
          Add group
        </button>
      </AddRow>
    </fieldset>
  )
}

const GroupView = (props: {
  group: Group
  at: string
  context: RowContext
  faultAt: (at: string) => string | undefined
}) => {
  const { group, at, context, faultAt } = props
  return (
    <li class="condition-group">
      <div class="condition-group-head">
        <JoinLine name={`group.${at}.join`} join={group.join}>
          People who match
        </JoinLine>
        <button type="submit" class="button button-quiet" name="do" value={`remove:${at}`}>
          Remove group
        </button>
      </div>
      {group.rows.length === 0 ? (
        <p class="soft">No conditions in this group yet.</p>
      ) : (
        <ol class="condition-list">
          {group.rows.map((row, inner) => (
            <RowView row={row} at={`${at}.${inner}`} context={context} fault={faultAt(`${at}.${inner}`)} />
          ))}
        </ol>
      )}
      <AddRow group={at} context={context} />
    </li>
  )
}

const JoinLine = ({ name, join, children }: { name: string; join: Join; children?: Child }) => (
  <p class="join-line">
    <span>{children}</span>
    <select class="input" name={name} aria-label="Match all or any">
      <option value="all" selected={join === 'all'}>
        all
      </option>
      <option value="any" selected={join === 'any'}>
        any
      </option>
    </select>
    <span>of these conditions</span>
  </p>
)

const AsJson = ({ text, whyJson, faults }: BuilderProps & { text: string }) => (
  <div class="panel">
    {whyJson !== undefined && <Said tone="warn">{whyJson}</Said>}
    <div class="field">
      <label class="label" for={controlId('json')}>
        Filter (JSON)
      </label>
      <span class="hint" id="json-hint">
        The same syntax as in the API: all, any and not around conditions, up to eight levels deep.
      </span>
      <textarea
        class="input input-code-text"
        id={controlId('json')}
        name="json"
        rows={14}
        spellcheck={false}
        aria-describedby="json-hint"
        aria-invalid={faults.length === 0 ? undefined : 'true'}
      >
        {text}
      </textarea>
    </div>
  </div>
)

const CountPanel = ({ counted, context, maySeePeople }: BuilderProps) => (
  <output class="count-panel" id="count" aria-live="polite">
    {counted === null ? (
      <p class="soft">Not counted yet: a condition above needs a value, or another one.</p>
    ) : (
      <>
        <p class="count-line">
          <strong>{count(counted.reachable)}</strong> {counted.reachable === 1 ? 'person' : 'people'} can be
          emailed now, of{' '}
          {maySeePeople ? (
            <a href={`/console/people?list=${context.list.slug}&state=active`}>
              {count(counted.onList)} on {context.list.name}
            </a>
          ) : (
            `${count(counted.onList)} on ${context.list.name}`
          )}
          .
        </p>
        <p>{counted.words}</p>
      </>
    )}
  </output>
)
