// view · one condition as a row: subject, comparison, value; and the control that adds a row
import type { Child } from 'hono/jsx'
import { localised } from '../../i18n/locale.ts'
import { labelled } from '../../i18n/typography/marks.ts'
import type { Field, List } from '../../lists/list.ts'
import { fieldLabel } from '../../segments/words.ts'
import { controlId } from '../../ui/components.tsx'
import { Icon } from '../../ui/icons.tsx'
import { type Options, optionsOf, type RowContext } from './options.ts'
import { fieldAsked, howsOf, type Row, takesNoValue } from './rows.ts'

const plainTitles: Readonly<Record<string, string>> = {
  tag: 'Tag',
  locale: 'Language',
  purpose: 'Purposes agreed to',
  mailbox: 'Mailbox provider',
  grade: 'Evidence grade',
  confirmed: 'Confirmed',
  received: 'Campaigns sent to them',
}

export function titleOf(what: string, { list }: Pick<RowContext, 'list'>): string {
  const field = fieldAsked(what, list.fields)
  return field === undefined ? (plainTitles[what] ?? what) : fieldLabel(field, list)
}

/** `at`: the row's place, `2` or `2.1`. */
export const RowView = (props: { row: Row; at: string; context: RowContext; fault: string | undefined }) => {
  const { row, at, context, fault } = props
  const title = titleOf(row.what, context)
  const hows = Object.entries(howsOf(row.what, context.list.fields))
  return (
    <li class={fault === undefined ? 'condition' : 'condition condition-faulty'}>
      <input type="hidden" name={`row.${at}.what`} value={row.what} />
      <span class="condition-title">{title}</span>
      {hows.length === 1 ? (
        <>
          <input type="hidden" name={`row.${at}.how`} value={row.how} />
          <span>{hows[0]?.[1]}</span>
        </>
      ) : (
        <select
          class="input"
          name={`row.${at}.how`}
          aria-label={`${labelled(title)} comparison`}
          id={`how-${at}`}
        >
          {hows.map(([value, words]) => (
            <option value={value} selected={value === row.how}>
              {words}
            </option>
          ))}
        </select>
      )}
      <div class="condition-value" id={`slot-${at}`} data-kind={`${row.what} ${row.how}`}>
        <ValueControl row={row} context={context} control={controlOf(at, title, fault)} />
      </div>
      <button
        type="submit"
        class="icon-button"
        name="do"
        value={`remove:${at}`}
        aria-label={`Remove: ${title}`}
      >
        <Icon name="x" />
      </button>
      {fault !== undefined && (
        <p class="fault" id={`fault-${at}`}>
          {fault}
        </p>
      )}
    </li>
  )
}

interface Control {
  readonly name: string
  readonly id: string
  readonly 'aria-label': string
  readonly 'aria-invalid': 'true' | undefined
  readonly 'aria-describedby': string | undefined
}

const controlOf = (at: string, title: string, fault: string | undefined): Control => ({
  name: `row.${at}.value`,
  id: controlId(`row.${at}.value`),
  'aria-label': `${labelled(title)} value`,
  'aria-invalid': fault === undefined ? undefined : 'true',
  'aria-describedby': fault === undefined ? undefined : `fault-${at}`,
})

const ValueControl = ({ row, context, control }: { row: Row; context: RowContext; control: Control }) => {
  const field = fieldAsked(row.what, context.list.fields)
  const [first = '', second = ''] = row.values
  // Keep typed values for when the comparison is changed back.
  if (takesNoValue(row.how))
    return (
      <>
        {row.values.map((value) => (
          <input type="hidden" name={control.name} value={value} />
        ))}
      </>
    )
  const options = optionsOf(row, context)
  if (options !== null) return <Menu control={control} chosen={first} options={options} />
  if (field !== undefined)
    return <FieldValueControl row={row} field={field} list={context.list} control={control} />
  switch (row.what) {
    case 'confirmed':
      if (row.how === 'within_days')
        return (
          <>
            <input class="input input-number" {...control} inputmode="numeric" value={first} /> days
          </>
        )
      return (
        <>
          <input class="input" type="date" {...control} value={first} />
          {row.how === 'between' && (
            <>
              {' '}
              and before{' '}
              <input
                class="input"
                type="date"
                {...control}
                id={`${control.id}-2`}
                aria-label={`${control['aria-label']}, the end`}
                value={second}
              />
            </>
          )}
        </>
      )
    default:
      return <input class="input" {...control} value={first} maxlength={500} />
  }
}

const FieldValueControl = (props: { row: Row; field: Field; list: List; control: Control }) => {
  const { row, field, list, control } = props
  const [first = ''] = row.values
  if (field.type === 'choice')
    return (
      <fieldset class="ticks" aria-label={control['aria-label']} id={control.id} tabindex={-1}>
        {field.options.map(({ value, label }) => (
          <label class="tick-box">
            <input type="checkbox" name={control.name} value={value} checked={row.values.includes(value)} />{' '}
            {localised(label, 'en', list.default_locale) || value}
          </label>
        ))}
      </fieldset>
    )
  if (row.how === 'in')
    return (
      <textarea class="input" {...control} rows={3} placeholder="One per line">
        {row.values.join('\n')}
      </textarea>
    )
  if (field.type === 'date') return <input class="input" type="date" {...control} value={first} />
  if (field.type === 'number')
    return <input class="input input-number" {...control} inputmode="decimal" value={first} />
  return <input class="input" {...control} value={first} maxlength={500} />
}

/** Keeps the chosen value, even if it is no longer offered. */
const Menu = (props: { control: Control; chosen: string; options: Options }) => {
  const isOffered = props.chosen === '' || props.options.some(([value]) => value === props.chosen)
  return (
    <select class="input" {...props.control}>
      {props.options.length === 0 && <option value="">none yet</option>}
      {!isOffered && (
        <option value={props.chosen} selected>
          {props.chosen}
        </option>
      )}
      {props.options.map(([value, label]) => (
        <option value={value} selected={value === props.chosen}>
          {label}
        </option>
      ))}
    </select>
  )
}

/** Chooses the subject of the next row. `group`: the place of its group; empty for the top level. */
export const AddRow = ({
  group,
  context,
  children,
}: {
  group: string
  context: RowContext
  children?: Child
}) => {
  const { fields } = context.list
  return (
    <div class="add-row">
      <select class="input" name={group === '' ? 'add' : `add.${group}`} aria-label="Condition to add">
        <optgroup label="Subscription">
          {Object.entries(plainTitles).map(([what, title]) => (
            <option value={what}>{title}</option>
          ))}
        </optgroup>
        {fields.length > 0 && (
          <optgroup label="Fields">
            {fields.map((field) => (
              <option value={`field:${field.key}`}>{fieldLabel(field, context.list)}</option>
            ))}
          </optgroup>
        )}
      </select>
      <button
        type="submit"
        class="button button-quiet"
        name="do"
        value={group === '' ? 'add' : `add:${group}`}
      >
        <Icon name="plus" />
        Add condition
      </button>
      {children}
    </div>
  )
}
