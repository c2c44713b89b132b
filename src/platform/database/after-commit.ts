// pure · what may happen only once a transaction has committed: caches forget, loops wake. A rollback drops it
import { identify, identityOf } from '../identity.ts'
import type { Database, Executor } from './database.ts'

type Act = () => void

/** What waits for the commit, by transaction and savepoint. */
const waiting = new WeakMap<object, Act[]>()

/** Whether what is done here may be undone yet. */
export const isInTransaction = (db: object): boolean => waiting.has(db)

/**
 * Does it once what was done through `db` is committed, however many savepoints deep; at once where `db` is the pool. `act`
 * only touches this process, and does not throw: nobody waits for it, and what has committed may not look failed.
 */
export function afterCommit(db: Executor, act: Act): void {
  const acts = waiting.get(db)
  if (acts !== undefined) acts.push(act)
  else if ('rollback' in db) throw new Error('this transaction was not begun by a database of openDatabase')
  else act()
}

type Transact = Pick<Database, 'transaction'>

/** Teaches a database to keep what waits for each of its transactions. Of a savepoint it waits for what is around it. */
export function withAfterCommit<Db extends Transact & object>(db: Db, around: Act[] | null = null): Db {
  const begin: Database['transaction'] = db.transaction.bind(db)
  db.transaction = async (within, config) => {
    const acts: Act[] = []
    const answer = await begin((tx) => {
      waiting.set(tx, acts)
      identify(tx, identityOf(db))
      return within(withAfterCommit(tx, acts))
    }, config)
    if (around === null) for (const act of acts) act()
    else around.push(...acts)
    return answer
  }
  return db
}
