// pure · the path of a link that was copied out of a text with the punctuation behind it
const link =
  /^(\/(?:[cup]|console\/sign-in)\/[\w-]{44}|\/n\/[\w-]{43}|\/s\/[A-Za-z0-9-]+(?:\/sent)?)([^A-Za-z0-9_-].*)$/

/** Ends of sentences, quotations, brackets and emphasis. Not `=` nor a line end: a token followed by those was altered. */
const punctuation = /^[./\\,;:!?)\]}>"'*|`´’‘”“„»«›‹…。、]+$/u

/** The path without punctuation behind its token, hash or name; any other path as it is. */
export function pathOfLink(path: string): string {
  const [, whole, rest] = link.exec(path) ?? []
  return whole !== undefined && rest !== undefined && punctuation.test(decoded(rest)) ? whole : path
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
