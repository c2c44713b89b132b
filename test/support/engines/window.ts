// adapter · a window that is reopened where the engine crashed, so that a crash is no verdict on a page
import { type Engine, type EngineKind, EngineLost } from './engine.ts'

/** A page that needs more new windows than this crashes its engine. */
const maxNewWindows = 2

export interface Window {
  /** The window now open. */
  readonly engine: Engine
  /**
   * Runs the act, and once more in a new window where the engine crashed; a second crash fails. `what` names the act in the printed
   * line.
   */
  undisturbed<T>(what: string, act: () => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** `enter` prepares each new window before its first page. */
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
        if (!(error instanceof EngineLost) || newWindows === maxNewWindows) throw error
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
