// view · two versions of a list side by side: the saved one and the one in the form
import { Said, Table } from '../../../ui/console/parts.tsx'
import type { Draft } from './draft.ts'
import { labelOf } from './labels.ts'

export interface Difference {
  readonly label: string
  readonly theirs: string
  readonly yours: string
}

/** The controls whose values differ. Line ends and unticked boxes are ignored. */
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
      A colleague saved this list while you were editing. Their version is saved. Yours is still in the form
      below, and saving again replaces theirs.
    </Said>
    {differences.length > 0 && (
      <Table
        caption="Differences"
        columns={[{ label: 'Setting' }, { label: 'Saved version' }, { label: 'Your version' }]}
        rows={differences.map(({ label, theirs, yours }) => [
          label,
          theirs === '' ? <span class="soft">empty</span> : theirs,
          yours === '' ? <span class="soft">empty</span> : yours,
        ])}
      />
    )}
  </>
)
