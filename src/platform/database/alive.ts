// pure · the name of a process that holds a lock for as long as it lives, and where that lock is

/** The first half of the lock's key; the second is a hash of the holder's name. */
export const aliveSpace = 1_634_953_845

const prefix = 'session-'

/** The name of such a process as a holder of leases; any other name says nothing about a lock. */
export const sessionHolder = (id: string): string => `${prefix}${id}`

/** Pattern of these names, for LIKE. */
export const sessionHolders = `${prefix}%`
