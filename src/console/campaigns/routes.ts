// web · the routes of all campaign screens; fixed paths before ids
import { Hono } from 'hono'
import type { ConsoleEnv } from '../../auth/console.tsx'
import { overviewRoutes } from './overview.tsx'
import { campaignRoutes } from './sending/campaign.tsx'
import { explainRoutes } from './sending/explain.tsx'
import { launchRoutes } from './sending/launch.tsx'
import { recipientsRoutes } from './sending/recipients.tsx'
import { deleteRoutes } from './writing/delete.tsx'
import { previewRoutes } from './writing/preview.tsx'
import { testMailRoutes } from './writing/test-mail.tsx'
import { writeRoutes } from './writing/write.tsx'

export const campaignScreens = new Hono<ConsoleEnv>()

campaignScreens.route('/', overviewRoutes)
campaignScreens.route('/', writeRoutes)
campaignScreens.route('/', deleteRoutes)
campaignScreens.route('/', previewRoutes)
campaignScreens.route('/', testMailRoutes)
campaignScreens.route('/', launchRoutes)
campaignScreens.route('/', recipientsRoutes)
campaignScreens.route('/', explainRoutes)
campaignScreens.route('/', campaignRoutes)
