// view · repeated blocks of the list form, with buttons to add and remove them
import { Icon } from '../../../ui/icons.tsx'
import { Does, type ListForm } from './controls.tsx'
import { type Group, maxGroup, sizeOf } from './draft.ts'

export const blocksOf = (form: ListForm, group: Group): readonly number[] =>
  Array.from({ length: sizeOf(form.draft, group) }, (_, at) => at)

export const OneMore = ({ form, group, label }: { form: ListForm; group: Group; label: string }) =>
  sizeOf(form.draft, group) < maxGroup[group] ? (
    <div class="actions">
      <Does does={`add.${group}`}>
        <Icon name="plus" />
        {label}
      </Does>
    </div>
  ) : null

export const TakeAway = ({ group, at, label }: { group: Group; at: number; label: string }) => (
  <div class="actions">
    <Does does={`drop.${group}.${at}`} quiet="danger">
      <Icon name="trash-2" />
      {label}
    </Does>
  </div>
)
