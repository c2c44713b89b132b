// view · what happened at the forms of a list that its owner should know: refusals by limits, fields that the list lacks
import type { FormNotes } from '../../signup/form-notes.ts'
import { count, Said, Time } from '../../ui/console/parts.tsx'

export const FormNotesView = ({ notes, timezone }: { notes: FormNotes; timezone: string }) => (
  <>
    {notes.refused !== null && (
      <Said tone="warn">
        {count(notes.refused.times)} {notes.refused.times === 1 ? 'sign-up was' : 'sign-ups were'} refused
        since <Time at={notes.refused.since} timezone={timezone} />, because very many came from one network.
        If you expect many people behind one address, as at a fair or in a shop, have LIMIT_PER_NETWORK
        raised.
      </Said>
    )}
    {notes.unknown.length > 0 && (
      <Said tone="warn">
        Forms also sent {notes.unknown.length === 1 ? 'a field' : 'fields'} that this list does not have:{' '}
        {notes.unknown.map((name, at) => (
          <>
            {at > 0 && ', '}
            <code>{name}</code>
          </>
        ))}
        . The sign-ups were taken without {notes.unknown.length === 1 ? 'it' : 'them'}. To keep an answer, add
        a field of that name to the list; other names, such as those of buttons, can stay.
      </Said>
    )}
  </>
)
