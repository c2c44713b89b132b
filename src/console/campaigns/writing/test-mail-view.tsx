// view · the form that sends a test mail
import { type Campaign, isWritable } from '../../../campaigns/campaign.ts'
import { titleOf } from '../../../campaigns/title.ts'
import type { List } from '../../../lists/list.ts'
import type { Fault } from '../../../platform/errors.ts'
import { Checkbox, ErrorSummary, Hidden, TextField } from '../../../ui/components.tsx'
import { type ConsoleFrame, ConsolePage } from '../../../ui/console/console.tsx'
import { LinkButton, PageHead, Said, SubmitButton } from '../../../ui/console/parts.tsx'
import { doneWord } from '../words.ts'

export interface TestPageProps {
  readonly frame: ConsoleFrame
  readonly campaign: Campaign
  readonly list: List
  readonly mine: string
  /** Names the next press of the button. */
  readonly once: string
  /** The list's sender and reply-to address. */
  readonly offered: readonly string[]
  readonly chosen: readonly string[]
  readonly other: string
  readonly faults: readonly Fault[]
  readonly done: string | undefined
}

export const TestPage = (props: TestPageProps) => {
  const { frame, campaign, list, faults } = props
  const at = `/console/campaigns/${campaign.id}`
  const said = doneWord(props.done)
  return (
    <ConsolePage frame={frame} section="campaigns" title="Send test email">
      <PageHead
        title="Send test email"
        crumb={{ label: titleOf(campaign.subject), href: at }}
        about={`${list.name} · the subject starts with [Test], and merge fields show sample data`}
      >
        {isWritable(campaign) && (
          <LinkButton href={`${at}/edit`} weight="quiet" icon="pencil">
            Continue editing
          </LinkButton>
        )}
        {isWritable(campaign) && (
          <LinkButton href={`${at}/launch`} weight={props.done === 'tested' ? 'main' : 'quiet'}>
            Continue to sending
          </LinkButton>
        )}
      </PageHead>
      {said !== null && faults.length === 0 && <Said>{said}</Said>}
      <ErrorSummary
        heading="The test was not sent"
        faults={faults.map(({ path, message }) => ({ name: path, message }))}
      />
      <TestForm {...props} action={`${at}/test`} />
    </ConsolePage>
  )
}

const TestForm = (props: TestPageProps & { action: string }) => (
  <form method="post" action={props.action} class="panel narrow">
    <Hidden name="once" value={props.once} />
    <fieldset class="group-plain">
      <legend class="label">Send to</legend>
      <Box address={props.mine} mark="you" {...props} />
      {props.offered.map((address) => (
        <Box
          address={address}
          mark={address === props.list.sender.email ? 'sender address' : 'reply-to address'}
          {...props}
        />
      ))}
    </fieldset>
    <TextField
      name="other"
      type="email"
      label="Another operator"
      mark="optional"
      hint="Tests can only go to operators and to the list’s own addresses, because nobody else has agreed to them."
      value={props.other}
      fault={props.faults.find(({ path }) => path === 'other')?.message}
      autocomplete="off"
    />
    <div class="actions">
      <SubmitButton>Send test</SubmitButton>
    </div>
  </form>
)

const Box = (props: { address: string; mark: string; chosen: readonly string[] }) => (
  <Checkbox
    name="to"
    value={props.address}
    label={props.address}
    mark={props.mark}
    checked={props.chosen.includes(props.address)}
    several
  />
)
