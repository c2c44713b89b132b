// view · the part of the sign-up form that the notice covers: controls and layered notice. GDPR Art. 7(2), 13
import { noticeItemKeys } from '../i18n/notice/texts.ts'
import { personalData } from '../lists/autocomplete.ts'
import { Button, Checkbox, type ControlFault, SelectField, TextField } from '../ui/components.tsx'
import type { NoticeControl, ShownNotice } from './notice.ts'

/** Values by name as typed; a name may have several. */
export type Typed = ReadonlyMap<string, readonly string[]>

export interface FormFieldsProps {
  readonly notice: ShownNotice
  readonly typed?: Typed | undefined
  readonly faults?: readonly ControlFault[] | undefined
}

const nothing: Typed = new Map()

/** Fields and boxes with their typed values, then the layered notice. All texts come from the notice. */
export const FormFields = ({ notice, typed = nothing, faults = [] }: FormFieldsProps) => (
  <div class="fields">
    {notice.form.controls
      .filter((control) => control.name !== 'purpose')
      .map((control) => (
        <Control control={control} typed={typed} faults={faults} />
      ))}
    <Boxes controls={notice.form.controls.filter((control) => control.name === 'purpose')} typed={typed} />
    <LayeredNotice notice={notice} />
  </div>
)

/** The form as visitors see it, stored in the notice as its rendering. */
export const FormAsShown = ({ notice }: { notice: ShownNotice }) => (
  <>
    <FormHeading notice={notice} />
    <FormFields notice={notice} />
    <Button>{notice.form.submit}</Button>
  </>
)

export const FormHeading = ({ notice }: { notice: ShownNotice }) => (
  <>
    <h1>
      <bdi>{notice.form.heading}</bdi>
    </h1>
    {notice.form.promise !== '' && <p class="promise">{notice.form.promise}</p>}
  </>
)

const Control = ({
  control,
  typed,
  faults,
}: {
  control: NoticeControl
  typed: Typed
  faults: readonly ControlFault[]
}) => {
  const { name, type, label, mark, hint, required, options } = control
  const value = typed.get(name)?.[0] ?? ''
  const fault = faults.find((one) => one.name === name)?.message
  const shared = { name, label, mark, hint, required, value, fault, autocomplete: personalData(name) }
  switch (type) {
    case 'checkbox':
      return (
        <Checkbox
          name={name}
          label={label}
          mark={mark}
          hint={hint}
          value={control.value ?? 'true'}
          checked={value !== ''}
        />
      )
    case 'select':
      return <SelectField {...shared} options={options} />
    case 'email':
      return <TextField {...shared} type="email" inputmode="email" />
    case 'number':
      return <TextField {...shared} inputmode="decimal" />
    case 'date':
      return <TextField {...shared} type="date" />
    case 'text':
      return <TextField {...shared} />
  }
}

const Boxes = ({ controls, typed }: { controls: readonly NoticeControl[]; typed: Typed }) =>
  controls.length === 0 ? null : (
    <div>
      {controls.map(({ name, value, label, mark, hint }) => (
        <Checkbox
          several
          name={name}
          value={value ?? ''}
          label={label}
          mark={mark}
          hint={hint}
          checked={typed.get(name)?.includes(value ?? '') === true}
        />
      ))}
    </div>
  )

const LayeredNotice = ({ notice }: { notice: ShownNotice }) => (
  <div>
    <p class="small">{notice.form.short_notice.join(' ')}</p>
    <details>
      <summary>{notice.form.details}</summary>
      <NoticeItemList notice={notice} level="h2" />
    </details>
  </div>
)

/** The full text, item by item, with the right to object set apart. GDPR Art. 21(4) */
export const NoticeItemList = ({ notice, level }: { notice: ShownNotice; level: 'h2' | 'h3' }) => {
  const Heading = level
  return (
    <div class="notice">
      {noticeItemKeys.map((key) => {
        const { title, text, points } = notice.items[key]
        return (
          <section class={key === 'objection' ? 'notice-item notice-objection' : 'notice-item'}>
            <Heading>{title}</Heading>
            {text.map((paragraph) => (
              <p>{paragraph}</p>
            ))}
            {points.length > 0 && (
              <ul class="bullets">
                {points.map((point) => (
                  <li>{point}</li>
                ))}
              </ul>
            )}
          </section>
        )
      })}
    </div>
  )
}
