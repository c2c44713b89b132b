// adapter · the whole story on a worker, in wrangler dev
import { startAssent } from '../support/running.ts'
import { tellStory } from './story.ts'

tellStory('a worker', async () => {
  const running = await startAssent({ script: 'dev-worker' })
  return { ...running, stop: async () => void (await running.stop()) }
})
