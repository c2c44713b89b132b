// view · before evidence is opened, why; after it, what it says
import type { List } from '../../lists/list.ts'
import { ErrorSummary, Hidden, TextField } from '../../ui/components.tsx'
import { type ConsoleFrame, ConsolePage } from '../../ui/console/console.tsx'
import { LinkButton, PageHead, Said, SubmitButton, Time } from '../../ui/console/parts.tsx'
import type { EvidenceFact } from './evidence-facts.ts'
import type { Fact } from './facts.ts'

export interface EvidenceAsked {
  readonly frame: ConsoleFrame
  readonly id: string
  readonly masked: string
  readonly list: List
}

export interface OpenedFact extends Fact {
  /** Null where the evidence or its key was destroyed. */
  readonly evidence: readonly EvidenceFact[] | null
}

export const EvidenceAskPage = (props: EvidenceAsked & { reason?: string; fault?: string | undefined }) => (
  <ConsolePage frame={props.frame} section="people" title="Open the evidence">
    <PageHead
      title={`Open the evidence for ${props.list.name}`}
      crumb={{ label: props.masked, href: `/console/people/${props.id}` }}
      about="What the form, the mail and the confirmation left behind: addresses as typed, times, networks, browsers."
    />
    {props.fault !== undefined && (
      <ErrorSummary heading="Nothing was opened" faults={[{ name: 'reason', message: props.fault }]} />
    )}
    <form method="post" action={`/console/people/${props.id}/evidence`} class="panel">
      <p>
        It is sealed because it is needed seldom: when somebody disputes that they agreed, or an authority
        asks. That you opened it, when and why, stays in the audit log.
      </p>
      <Hidden name="list" value={props.list.slug} />
      <TextField
        name="reason"
        label="Why you open it"
        hint="For instance: complaint of 3 May, our number 2026/118. No address, no name."
        value={props.reason ?? ''}
        fault={props.fault}
        maxlength={500}
        required
      />
      <div class="actions">
        <SubmitButton>Open it</SubmitButton>
        <LinkButton href={`/console/people/${props.id}`} weight="quiet">
          Leave it sealed
        </LinkButton>
      </div>
    </form>
  </ConsolePage>
)

export const EvidencePage = (props: EvidenceAsked & { reason: string; facts: readonly OpenedFact[] }) => (
  <ConsolePage frame={props.frame} section="people" title="Evidence">
    <PageHead
      title={`Evidence for ${props.list.name}`}
      crumb={{ label: props.masked, href: `/console/people/${props.id}` }}
      about="Shown this once. Leave the page and it is sealed again."
    />
    <Said>The audit log says that you opened it. Reason: {props.reason}</Said>
    {props.facts.map((fact) => (
      <section class="panel">
        <div>
          <h2>{fact.sentence}</h2>
          <p class="soft">
            <Time at={fact.at} timezone={props.frame.operator.timezone} />
          </p>
        </div>
        {fact.evidence === null ? (
          <p>The evidence of this event was destroyed; its leaf in the ledger stands without it.</p>
        ) : (
          <dl class="facts evidence">
            {fact.evidence.map(({ label, value }) => (
              <>
                <dt>{label}</dt>
                <dd>
                  {typeof value === 'string' ? (
                    value
                  ) : (
                    <Time at={value} timezone={props.frame.operator.timezone} />
                  )}
                </dd>
              </>
            ))}
          </dl>
        )}
      </section>
    ))}
  </ConsolePage>
)
