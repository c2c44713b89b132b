// pure · the provider's form of one mail, generic over its content: text, marks or templates
import { escapes } from './escapes.ts'

/** The provider's form of one mail; key order is byte order. */
export interface Mail<Text> {
  readonly from: Text
  readonly to: readonly [Text]
  readonly reply_to?: Text
  readonly subject: Text
  readonly html: Text
  readonly text: Text
  readonly headers: Readonly<Record<string, Text>>
  readonly tags: readonly [{ readonly name: 'assent'; readonly value: Text }]
}

/** `"Name" <address>`; the provider encodes non-ASCII names. @see https://www.rfc-editor.org/rfc/rfc5322#section-3.4 */
export function mailbox({ name, email }: { readonly name: string; readonly email: string }): string {
  const shown = escapes.header(name).trim().replace(/["\\]/g, '\\$&')
  return shown === '' ? escapes.header(email) : `"${shown}" <${escapes.header(email)}>`
}

export function mapMail<From, To>(mail: Mail<From>, change: (text: From) => To): Mail<To> {
  return {
    from: change(mail.from),
    to: [change(mail.to[0])],
    ...(mail.reply_to === undefined ? {} : { reply_to: change(mail.reply_to) }),
    subject: change(mail.subject),
    html: change(mail.html),
    text: change(mail.text),
    headers: Object.fromEntries(Object.entries(mail.headers).map(([name, value]) => [name, change(value)])),
    tags: [{ name: 'assent', value: change(mail.tags[0].value) }],
  }
}
