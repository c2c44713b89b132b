// pure · identifiers made from names: the slug of a list, the key of a field

/** Letters that NFD does not split into a plain letter and its accent. */
const spelled: ReadonlyMap<string, string> = new Map([
  ...pairs('абвгдеёзийклмнопрстуфхцэ', 'a b v g d e e z i y k l m n o p r s t u f kh ts e'),
  ...pairs('жчшщъыьюя', 'zh ch sh shch - y - yu ya'),
  ...pairs('łøđßæœþð', 'l o d ss ae oe th d'),
])

function pairs(letters: string, spellings: string): readonly (readonly [string, string])[] {
  const each = spellings.split(' ')
  return [...letters].map((letter, at) => [letter, (each[at] ?? '').replace('-', '')])
}

/** `Månadsbrev från Brand` as `manadsbrev-fran-brand`: the slug of a list. Never empty, at most 60 characters. */
export const slugFrom = (name: string): string =>
  words(name).join('-').slice(0, 60).replace(/-+$/, '') || 'list'

/** `Första namnet` as `forsta_namnet`: the key of a field or purpose, cut at 36 characters, with a number where taken. */
export function keyFrom(label: string, taken: ReadonlySet<string>): string {
  const joined = words(label)
    .join('_')
    .replace(/^[\d_]+/, '')
    .slice(0, 36)
    .replace(/_+$/, '')
  const key = joined === '' ? 'field' : joined
  return firstFree(key, '_', taken)
}

/** The name, or the first free one with a number appended. */
export function firstFree(name: string, joint: '-' | '_', taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name
  for (let number = 2; ; number += 1) {
    const candidate = `${name}${joint}${number}`
    if (!taken.has(candidate)) return candidate
  }
}

const words = (text: string): readonly string[] =>
  [...text.toLowerCase().normalize('NFC')]
    .map((letter) => spelled.get(letter) ?? letter)
    .join('')
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
