// web · /console/people/{id}/evidence: opens sealed evidence and audits the reason. GDPR Art. 7(1), 5(2)
import { Hono } from 'hono'
import {
  actorOf,
  type ConsoleContext,
  type ConsoleEnv,
  faultsOrThrow,
  frameOf,
  screen,
} from '../../auth/console.tsx'
import { allow } from '../../auth/guard.tsx'
import { openEvidence } from '../../consent/evidence/open-evidence.ts'
import { type LedgerEntry, ledgerOf } from '../../consent/timeline.ts'
import { notFound } from '../../platform/errors.ts'
import { faultsOf, line } from '../../platform/form.ts'
import { maskAddress } from '../../subscribers/mask.ts'
import { addressOf } from '../../subscribers/show-address.ts'
import { readForm } from '../../ui/read-body.ts'
import {
  listOfPerson,
  operatorNames,
  type PersonSeen,
  personSeen,
  recordPersonRead,
} from '../people/visible-people.ts'
import { evidenceFacts } from './evidence-facts.ts'
import { type EvidenceAsked, EvidenceAskPage, EvidencePage, type OpenedFact } from './evidence-view.tsx'
import { factOf } from './facts.ts'

export const evidenceRoutes = new Hono<ConsoleEnv>()

const reasonInput = line(500)

evidenceRoutes.get('/people/:id/evidence', async (c) => {
  const { asked } = await aboutOf(c, c.req.param('id'), c.req.query('list') ?? '')
  return screen(c, 200, <EvidenceAskPage {...asked} />)
})

/** Answers with the page instead of a redirect: opened evidence is shown once. */
evidenceRoutes.post('/people/:id/evidence', async (c) => {
  const sent = await readForm(c)
  const { asked, person } = await aboutOf(c, c.req.param('id'), sent.get('list')?.[0] ?? '')
  const reason = sent.get('reason')?.[0] ?? ''
  const parsed = reasonInput.safeParse(reason)
  const askAgain = async (fault: string | undefined) => {
    await recordPersonRead(c, asked.id)
    return screen(c, 422, <EvidenceAskPage {...asked} reason={reason} fault={fault} />)
  }
  if (!parsed.success) return askAgain(faultsOf(parsed.error)[0]?.message)
  const opened = await openEvidence(c.env, {
    actor: actorOf(c),
    subscriber: person.row,
    list: asked.list,
    reason: parsed.data,
  }).catch((error: unknown) => faultsOrThrow(error))
  const [first] = opened
  if (first === undefined) throw notFound('evidence')
  if ('message' in first) return askAgain(first.message)
  const payloads = new Map(opened.flatMap((one) => ('eid' in one ? [[one.eid, one.payload] as const] : [])))
  const operators = await operatorNames(c, [...payloads.values()])
  const entries = await eventsOn(c, person, asked.list.id)
  const facts = entries.map((entry): OpenedFact => {
    const payload = payloads.get(entry.eid) ?? null
    return {
      ...factOf(entry, null, { operators, list: asked.list }),
      evidence: payload === null ? null : evidenceFacts(payload, operators),
    }
  })
  return screen(c, 200, <EvidencePage {...asked} reason={parsed.data} facts={facts} />)
})

async function aboutOf(
  c: ConsoleContext,
  id: string,
  slug: string,
): Promise<{ asked: EvidenceAsked; person: PersonSeen }> {
  allow(c, 'evidence.open')
  const person = await personSeen(c, id)
  const list = await listOfPerson(c, { person, slug, permission: 'evidence.open' })
  const masked = maskAddress(addressOf(c.env, person.row) ?? '')
  return { person, asked: { frame: frameOf(c), id: person.row.uid, masked, list } }
}

const eventsAtOnce = 500

async function eventsOn(
  c: ConsoleContext,
  { row }: PersonSeen,
  list: string,
): Promise<readonly LedgerEntry[]> {
  const events: LedgerEntry[] = []
  for (;;) {
    const page = await ledgerOf(c.env.db, row.number, {
      limit: eventsAtOnce,
      after: events.at(-1)?.eid ?? null,
    })
    events.push(...page)
    if (page.length < eventsAtOnce) return events.filter((entry) => entry.list === list)
  }
}
