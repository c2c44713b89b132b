// adapter · the whole story on Node, with the embedded PostgreSQL
import { startAssent } from '../support/running.ts'
import { tellStory } from './story.ts'

tellStory('Node', async () => {
  const running = await startAssent()
  return { ...running, stop: async () => void (await running.stop()) }
})
