// view · the controls of the list form, each bound to its draft value and fault by the path of its setting
import type { Child } from 'hono/jsx'
import { locales } from '../../../i18n/locale.ts'
import type { List } from '../../../lists/list.ts'
import {
  Checkbox,
  type ControlFault,
  controlId,
  SelectField,
  TextAreaField,
  TextField,
  type TextFieldProps,
} from '../../../ui/components.tsx'
import { languageNames } from '../words.ts'
import { type Draft, isTicked, typedIn } from './draft.ts'

export interface ListForm {
  readonly draft: Draft
  readonly faults: readonly ControlFault[]
  /** The saved list; null for a new one. */
  readonly before: List | null
  /** The block just added, for example `fields.2`. */
  readonly added?: string | undefined
}

interface ControlProps {
  readonly form: ListForm
  readonly name: string
  readonly label: string
  readonly hint?: string
  readonly optional?: boolean
  readonly autofocus?: boolean
}

const faultOf = (form: ListForm, name: string): string | undefined =>
  form.faults.find((fault) => fault.name === name)?.message

const shared = ({ form, name, label, hint, optional, autofocus }: ControlProps) => ({
  name,
  label,
  hint: hint ?? null,
  mark: optional === true ? 'optional' : null,
  value: typedIn(form.draft, name),
  fault: faultOf(form, name),
  autofocus: autofocus === true,
})

export const Text = (
  props: ControlProps & Pick<TextFieldProps, 'type' | 'inputmode' | 'class' | 'maxlength' | 'autocomplete'>,
) => {
  const { form: _form, optional: _optional, ...rest } = props
  return <TextField {...rest} {...shared(props)} />
}

export const Area = (props: ControlProps & { rows?: number; maxlength?: number }) => (
  <TextAreaField
    {...shared(props)}
    rows={props.rows ?? 3}
    {...(props.maxlength === undefined ? {} : { maxlength: props.maxlength })}
  />
)

export const Choose = (
  props: ControlProps & { options: readonly { readonly value: string; readonly label: string }[] },
) => <SelectField {...shared(props)} options={props.options} />

/** A checkbox. */
export const Box = (props: ControlProps & { value?: string; several?: boolean }) => {
  const { form, name, label, hint, value = 'yes', several } = props
  const fault = faultOf(form, name)
  return (
    <div>
      {fault !== undefined && <p class="fault">{fault}</p>}
      <Checkbox
        name={name}
        value={value}
        label={label}
        hint={hint ?? null}
        checked={isTicked(form.draft, name, value)}
        several={several === true}
      />
    </div>
  )
}

/** One question with a control per language; the style sheet shows the ticked languages. */
export const PerLanguage = (props: ControlProps & { rows?: number; maxlength?: number }) => {
  const { hint, label, ...rest } = props
  return (
    <fieldset class="boxes">
      <legend class="label">{label}</legend>
      {hint !== undefined && <p class="hint">{hint}</p>}
      <div class="per-language">
        {locales.map((locale, at) => {
          const each = {
            ...rest,
            name: `${props.name}.${locale}`,
            label: languageNames[locale],
            autofocus: props.autofocus === true && at === firstShown(props.form),
          }
          return (
            <div class={`in-${locale}`}>
              {props.rows === undefined ? <Text {...each} /> : <Area {...each} />}
            </div>
          )
        })}
      </div>
    </fieldset>
  )
}

const firstShown = (form: ListForm): number =>
  Math.max(
    locales.findIndex((locale) => isTicked(form.draft, 'locales', locale)),
    0,
  )

/** A group of questions with good defaults, closed unless it contains a fault or a new block. */
export const More = (props: {
  form: ListForm
  title: string
  /** The current value in a few words. */
  now: string
  /** Name prefixes of the controls inside. */
  holds: readonly string[]
  open?: boolean
  children?: Child
}) => {
  const { form, title, now, holds, children } = props
  const isFaulty = form.faults.some(({ name }) => holds.some((begin) => name.startsWith(begin)))
  const isBusy = form.added !== undefined && holds.some((begin) => form.added?.startsWith(begin) === true)
  return (
    <details class="more" open={isFaulty || isBusy || props.open === true}>
      <summary>
        <span>{title}</span>
        <span class="more-now">{now}</span>
      </summary>
      <div class="fields">{children}</div>
    </details>
  )
}

/** Several checkboxes under one question. */
export const Boxes = (props: {
  form: ListForm
  name: string
  label: string
  hint?: string
  children?: Child
}) => {
  const fault = faultOf(props.form, props.name)
  return (
    <fieldset class="boxes" id={controlId(props.name)} tabindex={-1}>
      <legend class="label">{props.label}</legend>
      {props.hint !== undefined && <p class="hint">{props.hint}</p>}
      {fault !== undefined && <p class="fault">{fault}</p>}
      {props.children}
    </fieldset>
  )
}

export const Does = (props: { does: string; quiet?: 'danger'; children?: Child }) => (
  <button
    type="submit"
    name="do"
    value={props.does}
    class={props.quiet === 'danger' ? 'button button-quiet button-danger' : 'button button-quiet'}
  >
    {props.children}
  </button>
)
