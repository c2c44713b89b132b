// view · page components: fields with faults, checkboxes, buttons, cards
import type { Child } from 'hono/jsx'

/** A fault of a control, by the control's name. */
export interface ControlFault {
  readonly name: string
  readonly message: string
}

/** The id of a control, the target of its fault's link. Checkboxes that share a name are distinguished by value. */
export const controlId = (name: string, value?: string): string =>
  value === undefined ? `f-${name}` : `f-${name}-${value}`

interface Labelled {
  readonly name: string
  readonly label: string
  readonly mark?: string | null
  readonly hint?: string | null
  readonly fault?: string | undefined
  readonly required?: boolean
  /** At most one control per page. */
  readonly autofocus?: boolean
}

export interface TextFieldProps extends Labelled {
  readonly type?: 'text' | 'email' | 'date' | 'time'
  readonly value?: string
  readonly autocomplete?: string | undefined
  readonly inputmode?: 'email' | 'decimal' | 'numeric' | undefined
  readonly class?: string
  readonly maxlength?: number
}

export const TextField = (props: TextFieldProps) => (
  <Labelled {...props}>
    <input
      class={props.class === undefined ? 'input' : `input ${props.class}`}
      type={props.type ?? 'text'}
      value={props.value ?? ''}
      autocomplete={props.autocomplete}
      inputmode={props.inputmode}
      maxlength={props.maxlength}
      autocapitalize={isAddress(props) ? 'none' : undefined}
      spellcheck={isAddress(props) ? false : undefined}
      {...sharedAttributes(props)}
    />
  </Labelled>
)

/** Browsers refuse letters other than ASCII before the @ in `type="email"`, so a reader's address is a text with that keyboard. */
const isAddress = ({ type, inputmode }: TextFieldProps): boolean => type === 'email' || inputmode === 'email'

export interface TextAreaFieldProps extends Labelled {
  readonly value?: string
  readonly rows?: number
  readonly maxlength?: number
}

export const TextAreaField = (props: TextAreaFieldProps) => (
  <Labelled {...props}>
    <textarea class="input" rows={props.rows ?? 3} maxlength={props.maxlength} {...sharedAttributes(props)}>
      {props.value ?? ''}
    </textarea>
  </Labelled>
)

export interface SelectFieldProps extends Labelled {
  readonly value?: string
  readonly autocomplete?: string | undefined
  readonly options: readonly { readonly value: string; readonly label: string }[]
}

export const SelectField = (props: SelectFieldProps) => (
  <Labelled {...props}>
    <select class="input" autocomplete={props.autocomplete} {...sharedAttributes(props)}>
      {props.options.map((option) => (
        <option value={option.value} selected={option.value === (props.value ?? '')}>
          {option.label}
        </option>
      ))}
    </select>
  </Labelled>
)

const Labelled = ({ name, label, mark, hint, fault, children }: Labelled & { children?: Child }) => (
  <div class="field">
    <label for={controlId(name)}>
      <span class="label">{label}</span>
      <Mark text={mark} />
    </label>
    {typeof hint === 'string' && (
      <span class="hint" id={`${controlId(name)}-hint`}>
        {hint}
      </span>
    )}
    {fault !== undefined && (
      <p class="fault" id={`${controlId(name)}-fault`}>
        {fault}
      </p>
    )}
    {children}
  </div>
)

const Mark = ({ text }: { text: string | null | undefined }) =>
  typeof text === 'string' ? <span class="mark"> ({text})</span> : null

function sharedAttributes({ name, hint, fault, required, autofocus }: Labelled) {
  const id = controlId(name)
  const described = [
    typeof hint === 'string' ? `${id}-hint` : [],
    fault === undefined ? [] : `${id}-fault`,
  ].flat()
  return {
    id,
    name,
    required: required === true,
    autofocus: autofocus === true,
    'aria-invalid': fault === undefined ? undefined : 'true',
    'aria-describedby': described.length === 0 ? undefined : described.join(' '),
  }
}

export interface CheckboxProps {
  readonly name: string
  readonly value: string
  readonly label: string
  readonly mark?: string | null
  readonly hint?: string | null
  readonly checked?: boolean
  /** Whether several checkboxes share the name: each then gets its own id. */
  readonly several?: boolean
}

/** With a hint, the label alone names the box: a label's whole text would be read before the same hint as description. */
export const Checkbox = ({ name, value, label, mark, hint, checked, several }: CheckboxProps) => {
  const id = several === true ? controlId(name, value) : controlId(name)
  return (
    <label class="box" for={id}>
      <input
        type="checkbox"
        id={id}
        name={name}
        value={value}
        checked={checked === true}
        aria-labelledby={typeof hint === 'string' ? `${id}-name` : undefined}
        aria-describedby={typeof hint === 'string' ? `${id}-hint` : undefined}
      />
      <span>
        <span id={typeof hint === 'string' ? `${id}-name` : undefined}>
          {label}
          <Mark text={mark} />
        </span>
        {typeof hint === 'string' && (
          <span class="hint" id={`${id}-hint`}>
            {hint}
          </span>
        )}
      </span>
    </label>
  )
}

export const Button = ({ children, quiet }: { children?: Child; quiet?: boolean }) => (
  <button type="submit" class={quiet === true ? 'button button-quiet' : 'button'}>
    {children}
  </button>
)

export const Hidden = ({ name, value }: { name: string; value: string }) => (
  <input type="hidden" name={name} value={value} />
)

/** Letters written from right to left, with the marks and digits of their scripts. */
const fromRight = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u
const place = '\u{e000}'

/** A sentence with a name in it. A name from right to left is set apart, or the signs beside it would change sides. HTML, `bdi` */
export const Named = ({ text, name }: { text: (name: string) => string; name: string }) =>
  fromRight.test(name) ? (
    <>
      {text(place)
        .split(place)
        .map((part, at) =>
          at === 0 ? (
            part
          ) : (
            <>
              <bdi>{name}</bdi>
              {part}
            </>
          ),
        )}
    </>
  ) : (
    <>{text(name)}</>
  )

/** All faults at the top of the page, each linked to its control. Focused, so that what is read and typed next is here. */
export const ErrorSummary = ({ heading, faults }: { heading: string; faults: readonly ControlFault[] }) =>
  faults.length === 0 ? null : (
    <div class="summary stack" role="alert" tabindex={-1} autofocus>
      <h2>{heading}</h2>
      <ul>
        {faults.map(({ name, message }) => (
          <li>{name === '' ? message : <a href={`#${controlId(name)}`}>{message}</a>}</li>
        ))}
      </ul>
    </div>
  )

/** Secondary content in a disclosure, closed unless `open`. */
export const Aside = ({ summary, open, children }: { summary: string; open?: boolean; children?: Child }) => (
  <details class="aside" open={open === true}>
    <summary>{summary}</summary>
    <div class="stack">{children}</div>
  </details>
)

export const Tick = () => (
  <svg class="tick" viewBox="0 0 44 44" aria-hidden="true" focusable="false">
    <circle cx="22" cy="22" r="20" />
    <path d="M13.5 22.5l6 6 11.5-12.5" />
  </svg>
)
