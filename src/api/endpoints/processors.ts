// web · /api/v1/processors: who hosts the deployment and its mail server, for the notices of all lists
import { answerProcessors } from '../../consent/publish.ts'
import { findProcessorAnswers } from '../../lists/find-processors.ts'
import { processorAnswers } from '../../lists/processors.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'

const answersShape = processorAnswers
  .extend({ hosting: processorAnswers.shape.hosting.nullable() })
  .meta({ id: 'Processors' })

export const processorEndpoints: readonly Endpoint[] = [
  endpoint(
    {
      method: 'GET',
      path: '/processors',
      permission: 'lists.read',
      summary: 'Who hosts this deployment and its mail',
      description:
        'The companies to which the deployment itself passes data; null: nobody has said. Resend is named by itself where MAIL is `resend`. GDPR Art. 13(1)(e)-(f).',
      answer: answersShape,
    },
    async ({ deps }) => (await findProcessorAnswers(deps.db)) ?? { hosting: null, mail_server: null },
  ),
  endpoint(
    {
      method: 'PUT',
      path: '/processors',
      permission: 'settings.write',
      summary: 'Say who hosts it',
      description:
        'Needed before the first list where the deployment is public. The notices of all open lists name these companies from then on; consents given before keep their notice.',
      body: processorAnswers,
      example: { hosting: { name: 'Glesys', country: 'SE', safeguard: null }, mail_server: null },
      answer: answersShape,
    },
    async ({ deps, actor, body }) => {
      await answerProcessors(deps, actor, body)
      return body
    },
  ),
]
