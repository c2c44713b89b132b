// pure · the return path of a mail: SMTP_RETURN_PATH with the mail's signed name in it, as `bounces+…@`. RFC 5321, 5233
import { verpLength } from '../../platform/vault/tokens.ts'

/** Gives `bounces+…@brand.example`. */
export function withName(returnPath: string, name: string): string {
  const at = returnPath.lastIndexOf('@')
  return `${returnPath.slice(0, at)}+${name}${returnPath.slice(at)}`
}

const nameInAddress = new RegExp(`\\+([a-z2-7]{${verpLength}})@`, 'gi')

/** In order; untrusted until checked. */
export const namesIn = (text: string): readonly string[] =>
  Array.from(text.matchAll(nameInAddress), ([, name = '']) => name)
