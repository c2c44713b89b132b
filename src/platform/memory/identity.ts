// pure · the identity of a database for caches: worker events reopen the same one, and transactions belong to it

const identities = new WeakMap<object, object>()

/** The identity that `identify` set; else the object itself. */
export const identityOf = (db: object): object => identities.get(db) ?? db

/** All handles opened on the same database share `identity`. */
export const identify = (db: object, identity: object): void => void identities.set(db, identity)
