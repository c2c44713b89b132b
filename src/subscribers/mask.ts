// pure · a masked address: tells people apart on a screen without identifying them

/** `a…@example.pl`: the first letter and the domain, which many share. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf('@')
  const [first = ''] = Array.from(address)
  return at < 1 ? '…' : `${first}…${address.slice(at)}`
}
