// pure · callbacks that run only after a transaction commits (cache invalidation, wake-ups); a rollback drops them
import { identify, identityOf } from '../memory/identity.ts'
import type { Database, Executor } from './database.ts'

type Act = () => void

/** By transaction or savepoint: the callbacks queued for its commit, and its pool. */
const open = new WeakMap<object, { readonly acts: Act[]; readonly pool: object }>()

/** Whether `db` is a transaction, whose changes may still be rolled back. */
export const isInTransaction = (db: object): boolean => open.has(db)

/** The pool that a transaction belongs to; a pool returns itself. */
export const poolOf = (db: object): object => open.get(db)?.pool ?? db

/**
 * Runs `act` after the outermost transaction around `db` commits; at once where `db` is the pool. `act` touches only this
 * process and must not throw: nothing awaits it, and an error would make a committed transaction look failed.
 */
export function afterCommit(db: Executor, act: Act): void {
  const transaction = open.get(db)
  if (transaction !== undefined) transaction.acts.push(act)
  else if ('rollback' in db) throw new Error('this transaction was not begun by a database of openDatabase')
  else act()
}

type Transact = Pick<Database, 'transaction'>

/** Makes the transactions of `db` queue callbacks. A savepoint hands its callbacks to the transaction around it. */
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
