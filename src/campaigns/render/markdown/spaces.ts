// pure · no-break, zero-width and other special spaces beside the signs of Markdown, which knows the plain space only

const zeroWidth = String.raw`\u200b-\u200d\u2060\ufeff`
const special = String.raw`\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000${zeroWidth}`
const sign = String.raw`(?:>|[-*+]|\d{1,9}[.)]|#{1,6})`

/** `tag`: source of a regular expression for the mark of a tag, which may precede a sign. */
export function withPlainSpaces(text: string, tag: string): string {
  if (!new RegExp(`[${special}]`).test(text)) return text
  const before = new RegExp(
    `^([ \\t${special}]*[${special}][ \\t${special}]*)(?=${tag}|\\||\`\`\`|~~~|>|(?:[-*+]|\\d{1,9}[.)]|#{1,6})[ \\t${special}])`,
    'gm',
  )
  const behind = new RegExp(`^((?:[ \\t]*(?:${tag}|${sign}))+)[ \\t]*[${special}][ \\t${special}]*`, 'gm')
  return text
    .replace(new RegExp(`^[${zeroWidth}]+`, 'gm'), '')
    .replace(before, (spaces: string) => ' '.repeat(Math.min(3, spaces.replace(zeroWidths, '').length)))
    .replace(behind, '$1 ')
}

const zeroWidths = new RegExp(`[${zeroWidth}]`, 'g')
