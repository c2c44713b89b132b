// pure · what may happen only once a transaction has committed: caches forget, loops wake. A rollback drops it
import { identify, identityOf } from '../memory/identity.ts'
import type { Database, Executor } from './database.ts'

type Act = () => void

/** By transaction and savepoint: what waits for the commit, and whose connection it has. */
const open = new WeakMap<object, { readonly acts: Act[]; readonly pool: object }>()

/** Whether what is done here may be undone yet. */
export const isInTransaction = (db: object): boolean => open.has(db)

/** The pool that a transaction belongs to; a pool is its own. */
export const poolOf = (db: object): object => open.get(db)?.pool ?? db

/**
 * Does it once what was done through `db` is committed, however many savepoints deep; at once where `db` is the pool. `act`
 * only touches this process, and does not throw: nobody waits for it, and what has committed may not look failed.
 */
export function afterCommit(db: Executor, act: Act): void {
  const transaction = open.get(db)
  if (transaction !== undefined) transaction.acts.push(act)
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
      open.set(tx, { acts, pool: poolOf(db) })
      identify(tx, identityOf(db))
      return within(withAfterCommit(tx, acts))
    }, config)
    if (around === null) for (const act of acts) act()
    else around.push(...acts)
    return answer
  }
  return db
}
