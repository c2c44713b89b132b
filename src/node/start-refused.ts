// pure · an error whose message is one sentence for the person who starts Assent

/** Printed without a stack: the cause lies in the environment. */
export class StartRefused extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'StartRefused'
  }
}
