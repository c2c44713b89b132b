// pure · under which name something may be remembered about a database: in a worker each event opens it anew

const identities = new WeakMap<object, object>()

/** Itself, unless one that was opened before stands for it. */
export const identityOf = (db: object): object => identities.get(db) ?? db

/** `identity` is what all that were opened one after the other share. */
export const identify = (db: object, identity: object): void => void identities.set(db, identity)
