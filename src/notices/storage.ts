// pure · for how long what is erased by itself is kept; the jobs take their times from here, and the notice its numbers. GDPR Art. 13(2)(a)

/** Hashes of networks, against abuse of forms. */
export const networkHashHours = 24

/** Hashes of addresses, against abuse of forms. */
export const addressHashDays = 30

/**
 * Which job of `src/tick.ts` erases what a sentence of the notice gives a time for. A sentence without a job here names no time:
 * what is kept until somebody erases it is said to be kept so.
 */
export const erasingJobs = {
  storageUnconfirmed: 'expireSignups',
  storageLimits: 'dropPastLimits',
} as const
