// pure · the error whose message is one sentence for the person who starts Assent

/** Print the message and exit 1: the cause lies in the surroundings, a stack would say nothing. */
export class StartRefused extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'StartRefused'
  }
}
