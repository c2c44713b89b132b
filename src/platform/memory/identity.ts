// pure · what a database is remembered by: in a worker each event opens it anew, and a transaction belongs to the same one

const identities = new WeakMap<object, object>()

/** Itself, unless one that was opened before stands for it. */
export const identityOf = (db: object): object => identities.get(db) ?? db

/** `identity` is what all that were opened one after the other share. */
export const identify = (db: object, identity: object): void => void identities.set(db, identity)
