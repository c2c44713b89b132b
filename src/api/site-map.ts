// web · every endpoint of the API under /api/v1
import { type Declared, routesOf } from './endpoint.ts'
import { auditEndpoints } from './endpoints/audit.ts'
import { previewEndpoints } from './endpoints/campaign-preview.ts'
import { campaignEndpoints } from './endpoints/campaigns.ts'
import { evidenceEndpoints } from './endpoints/evidence.ts'
import { listEndpoints } from './endpoints/lists.ts'
import { processorEndpoints } from './endpoints/processors.ts'
import { recipientEndpoints } from './endpoints/recipients.ts'
import { segmentEndpoints } from './endpoints/segments.ts'
import { sendingEndpoints } from './endpoints/sending.ts'
import { signupEndpoints } from './endpoints/signups.ts'
import { subscriberEndpoints } from './endpoints/subscribers.ts'
import { suppressionEndpoints } from './endpoints/suppressions.ts'

const all = [
  ...listEndpoints,
  ...signupEndpoints,
  ...subscriberEndpoints,
  ...evidenceEndpoints,
  ...segmentEndpoints,
  ...campaignEndpoints,
  ...previewEndpoints,
  ...recipientEndpoints,
  ...sendingEndpoints,
  ...processorEndpoints,
  ...suppressionEndpoints,
  ...auditEndpoints,
]

export const apiRoutes = routesOf(all)

/** Declarations of all endpoints, for the documentation and for tests that walk them. */
export const endpoints: readonly Declared[] = all.map(({ declared }) => declared)
