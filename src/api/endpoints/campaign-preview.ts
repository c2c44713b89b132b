// web · /api/v1/campaigns/preview: words as a mail, with remarks, before anything is saved
import * as z from 'zod'
import { campaignInput } from '../../campaigns/campaign.ts'
import { contentOf } from '../../campaigns/writing/content.ts'
import { invalid } from '../../platform/errors.ts'
import { uuidText } from '../../platform/form.ts'
import { previewWords } from '../../preflight/words/preview-words.ts'
import { readerOf } from '../../preflight/words/reader.ts'
import { previewShape } from '../campaign-answers.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { listNamed } from './lists.ts'

const previewInput = z
  .strictObject({
    ...campaignInput.pick({ list: true, purpose: true, subject: true, preheader: true, content: true }).shape,
    subscriber: uuidText
      .nullable()
      .default(null)
      .describe('As this person would see it; a sample person, where null. Asks for `subscribers.read`.'),
  })
  .meta({ id: 'CampaignPreviewInput' })

export const previewEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      method: 'POST',
      path: '/campaigns/preview',
      permission: 'campaigns.write',
      summary: 'Preview words',
      description:
        'The mail that these words make, and what preflight would say of them without an audience; nothing is saved or sent, and no link is asked. What a save would refuse is not refused here: it comes as a remark with the code `fault`, the sentence of the refusal and its place, so that an editor can show it while somebody writes. Other remarks have the keys of preflight’s checks, such as `foreign_tags`. Of a body with a fault there is no mail. With `subscriber` the mail shows the values of that person, if they would get it now, with links that end nothing; the audit log says so. 429 where too many texts are looked at in one moment.',
      body: previewInput,
      example: {
        list: 'garden',
        subject: 'June in the garden',
        content: { format: 'markdown', body: 'Dear *|FNAME|*,\n\nthe beans are up.' },
      },
      answer: previewShape,
    },
    async (call) => {
      const { deps, actor, require, body } = call
      const list = await listNamed(call, body.list)
      const { purpose, subscriber, subject, preheader } = body
      if (!list.purposes.some(({ key, kind }) => key === purpose && kind === 'mail'))
        throw invalid('purpose', `This list has no purpose "${purpose}" of kind mail.`)
      if (subscriber !== null) require('subscribers.read')
      const writing = { subject, preheader, content: contentOf(body.content) }
      const reader = subscriber === null ? null : await readerOf(deps, actor, { list, purpose, subscriber })
      const previewed = await previewWords(deps, { writing, list, reader })
      return {
        subject: previewed.subject,
        html: previewed.mail?.html ?? null,
        text: previewed.mail?.text ?? null,
        bytes: previewed.mail?.htmlBytes ?? null,
        remarks: previewed.remarks,
      }
    },
  ),
]
