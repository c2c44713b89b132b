// view · two versions of one list side by side: what somebody else saved, and what is still in the form
import { Said, Table } from '../../../ui/console/parts.tsx'
import type { Draft } from './draft.ts'
import { labelOf } from './labels.ts'

export interface Difference {
  readonly label: string
  readonly theirs: string
  readonly yours: string
}

/** What the two say differently, by the names of the controls. Line ends and absent boxes make no difference. */
export const differencesOf = ({ theirs, yours }: { theirs: Draft; yours: Draft }): readonly Difference[] =>
  [...new Set([...theirs.keys(), ...yours.keys()])].flatMap((name) => {
    const [one, other] = [inWords(theirs, name), inWords(yours, name)]
    return name === 'version' || one === other
      ? []
      : [{ label: labelOf(name) ?? name, theirs: one, yours: other }]
  })

const inWords = (draft: Draft, name: string): string =>
  (draft.get(name) ?? [])
    .map((value) => value.replaceAll('\r\n', '\n').trim())
    .filter((value) => value !== '')
    .toSorted()
    .join(', ')

export const OverwriteWarning = ({ differences }: { differences: readonly Difference[] }) => (
  <>
    <Said tone="bad">
      Somebody else saved this list while you were writing. Theirs is saved; yours is still in the form below.
      Saving again puts yours in the place of theirs.
    </Said>
    {differences.length > 0 && (
      <Table
        caption="What differs"
        columns={[{ label: 'Setting' }, { label: 'Theirs, saved' }, { label: 'Yours, in the form' }]}
        rows={differences.map(({ label, theirs, yours }) => [
          label,
          theirs === '' ? <span class="soft">nothing</span> : theirs,
          yours === '' ? <span class="soft">nothing</span> : yours,
        ])}
      />
    )}
  </>
)
