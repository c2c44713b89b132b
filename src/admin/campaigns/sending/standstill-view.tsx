// view · why a campaign waits by the rules of the house, and until when, in one sentence
import type { Standstill } from '../../../delivery/standstill.ts'
import { mailboxName } from '../../../segments/words.ts'
import { Said, Time } from '../../../ui/console-parts.tsx'

export const StandstillLine = ({ standstill, timezone }: { standstill: Standstill; timezone: string }) => (
  <Said tone="warn">
    {sentenceOf(standstill)} It goes on by itself at <Time at={standstill.until} timezone={timezone} />.
  </Said>
)

function sentenceOf({ reason, mailbox }: Standstill): string {
  switch (reason) {
    case 'quiet_hours':
      return 'It is quiet hours where the people live who are left.'
    case 'warm_up':
      return 'As many people were sent something as the warm-up allows today.'
    case 'cap':
      return `As many people at ${mailboxName(mailbox ?? 'other')} were sent something as the limit allows.`
    case 'local_time':
      return 'It waits for its time in the next time zone.'
  }
}
