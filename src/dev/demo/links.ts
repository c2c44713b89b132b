// pure · links in mails and nonces in pages, as a person finds them

/** The first link of a kind in a mail: `c`, `u`, `p` or `n`. */
export function linkIn(mail: { readonly text: string }, kind: 'c' | 'u' | 'p' | 'n'): string {
  const link = new RegExp(`https?://[^\\s]+/${kind}/[A-Za-z0-9_-]{40,}`).exec(mail.text)?.[0]
  if (link === undefined) throw new Error(`no /${kind}/ link in the mail "${mail.text.slice(0, 200)}"`)
  return link
}

export function nonceIn(html: string): string {
  const nonce = /name="nonce" value="([^"]+)"/.exec(html)?.[1]
  if (nonce === undefined) throw new Error('the page has no nonce')
  return nonce
}
