// adapter · a window that is opened anew where its engine ended by a fault of its own, so that this is no verdict on a page
import { type Engine, type EngineKind, EngineLost } from './engine.ts'

/** What needs more new windows than this has a page that ends its engine. */
const newWindowsMost = 2

export interface Window {
  /** As it is open now. */
  readonly engine: Engine
  /** Does it, and once more in a new window where the engine ended over it; what ends it again has failed. `what`: for the line that says so. */
  undisturbed<T>(what: string, act: () => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** `enter`: what a window needs before the first page, and each new one again. */
export async function openWindow(
  kind: EngineKind,
  enter: (engine: Engine) => Promise<void>,
): Promise<Window> {
  let engine = await kind.open()
  let newWindows = 0
  await enter(engine)
  return {
    get engine() {
      return engine
    },
    undisturbed: async (what, act) => {
      try {
        return await act()
      } catch (error) {
        if (!(error instanceof EngineLost) || newWindows === newWindowsMost) throw error
        newWindows += 1
        process.stdout.write(`${error.message} over ${what}, which begins again in a new window\n`)
        await engine.close()
        engine = await kind.open()
        await enter(engine)
        return act()
      }
    },
    close: () => engine.close(),
  }
}
