// view · the form that asks why evidence is opened, and the opened evidence
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
  <ConsolePage frame={props.frame} section="people" title="Open evidence">
    <PageHead
      title={`Open evidence for ${props.list.name}`}
      crumb={{ label: props.masked, href: `/console/people/${props.id}` }}
      about="Details of the sign-up, the email and the confirmation: address as typed, times, IP addresses, browsers."
    />
    {props.fault !== undefined && (
      <ErrorSummary
        heading="Not opened yet. Please fix this"
        faults={[{ name: 'reason', message: props.fault }]}
      />
    )}
    <form method="post" action={`/console/people/${props.id}/evidence`} class="panel">
      <p>
        Evidence is encrypted because it is rarely needed: when someone disputes their consent, or an
        authority asks. The audit log records that you opened it, when and why.
      </p>
      <Hidden name="list" value={props.list.slug} />
      <TextField
        name="reason"
        label="Reason"
        hint="For example: complaint of 3 May, case 2026/118. Do not enter an address or a name."
        value={props.reason ?? ''}
        fault={props.fault}
        maxlength={500}
        required
      />
      <div class="actions">
        <SubmitButton>Open evidence</SubmitButton>
        <LinkButton href={`/console/people/${props.id}`} weight="quiet">
          Cancel
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
      about="Shown once. To see it again, open it again with a reason."
    />
    <Said>The audit log records that you opened this evidence. Reason: {props.reason}</Said>
    {props.facts.map((fact) => (
      <section class="panel">
        <div>
          <h2>{fact.sentence}</h2>
          <p class="soft">
            <Time at={fact.at} timezone={props.frame.operator.timezone} />
          </p>
        </div>
        {fact.evidence === null ? (
          <p>The evidence of this event was destroyed. Its ledger entry remains.</p>
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
