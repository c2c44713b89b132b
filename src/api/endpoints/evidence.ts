// web · /api/v1/subscribers/{id}/consents and /evidence: the ledger of one person, and the sealed evidence behind it
import * as z from 'zod'
import { recordReading } from '../../audit/record-reading.ts'
import { openEvidence, payloadsOf } from '../../consent/evidence/open-evidence.ts'
import { ledgerOf } from '../../consent/timeline.ts'
import { base64urlOf } from '../../platform/encoding/bytes.ts'
import { DomainError, notAvailableYet } from '../../platform/errors.ts'
import { line } from '../../platform/form.ts'
import { consentShape, evidenceShape, pageShape } from '../answers.ts'
import { collection, type Endpoint, endpoint, pageOf } from '../endpoint.ts'
import { listNamed } from './lists.ts'
import { subscriberAt } from './subscribers.ts'

const evidenceAsk = z.strictObject({
  list: z.string({ error: 'must be the slug or id of a list' }).max(100),
  reason: line(500),
})

export const evidenceEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      method: 'GET',
      path: '/subscribers/:id/consents',
      permission: 'subscribers.read',
      summary: 'Consents of a person',
      description: 'The ledger of this person, oldest first.',
      pages: true,
      answer: pageShape(consentShape),
    },
    async (call) => {
      const { deps } = call
      const row = await subscriberAt(call, call.path('id'))
      const { limit, after } = pageOf(call, z.uuid())
      await recordReading(deps, {
        actor: call.actor,
        verb: 'person.consents',
        subject: { kind: 'subscriber', id: row.uid },
        people: [row.uid],
      })
      const entries = await ledgerOf(deps.db, row.number, { limit, after })
      const isSeen = ({ list }: { list: string | null }): boolean =>
        call.lists === null || row.subscriptions.some((one) => one.list === list)
      const payloads = await payloadsOf(deps, entries.filter(isSeen))
      const page = collection(entries, {
        limit,
        position: (entry) => entry.eid,
        show: (entry) => ({
          eid: entry.eid,
          type: entry.type,
          t: entry.t,
          list: entry.list,
          seq: entry.seq,
          purposes: entry.purposes,
          notice: entry.notice,
          grade: entry.type === 'consent.confirmed' || entry.type === 'consent.imported' ? entry.grade : null,
          actor: payloads.get(entry.eid)?.['actor'] ?? null,
          leaf_hash: base64urlOf(entry.leafHash),
          log_index: null,
        }),
      })
      return { ...page, data: page.data.filter(isSeen) }
    },
  ),
  endpoint(
    {
      method: 'POST',
      path: '/subscribers/:id/evidence',
      permission: 'evidence.open',
      summary: 'Open the evidence',
      description:
        'What the acts on one list are proven by, oldest first. Who opened it and why is written down.',
      reads: true,
      body: evidenceAsk,
      example: { list: 'garden', reason: 'Asked by the authority, case 12/2026' },
      answer: pageShape(evidenceShape),
    },
    async (call) => {
      const row = await subscriberAt(call, call.path('id'))
      const list = await listNamed(call, call.body.list)
      const opened = await openEvidence(call.deps, {
        actor: call.actor,
        subscriber: row,
        list,
        reason: call.body.reason,
      })
      if (opened.length === 0) throw new DomainError('not_found', 'This person was never on that list.')
      return { data: opened, next_cursor: null }
    },
  ),
  endpoint(
    {
      method: 'GET',
      path: '/subscribers/:id/receipt',
      permission: 'subscribers.read',
      summary: "The person's own proof",
    },
    async () => {
      throw notAvailableYet('', 'The receipt')
    },
  ),
]
