// pure · the address that a mail comes back to: SMTP_RETURN_PATH with the mail's signed name in it, as `bounces+…@`. RFC 5321, 5233
import { verpLength } from '../../platform/vault/tokens.ts'

/** `bounces@brand.example` and a name: `bounces+…@brand.example`. */
export function withName(returnPath: string, name: string): string {
  const at = returnPath.lastIndexOf('@')
  return `${returnPath.slice(0, at)}+${name}${returnPath.slice(at)}`
}

const nameInAddress = new RegExp(`\\+([a-z2-7]{${verpLength}})@`, 'gi')

/** The names in whatever holds addresses, in order; each is to be checked before it is believed. */
export const namesIn = (text: string): readonly string[] =>
  Array.from(text.matchAll(nameInAddress), ([, name = '']) => name)
