// pure · reading an HTML page in a test: its text, and the values of its form controls

const entities: ReadonlyMap<string, string> = new Map([
  ['&quot;', '"'],
  ['&#39;', "'"],
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&amp;', '&'],
])

/** Entities read, and no-break spaces as spaces, so that a sentence is found wherever its lines may break. */
export const unescaped = (html: string): string =>
  html
    .replace(/&(?:quot|#39|lt|gt|amp);/g, (entity) => entities.get(entity) ?? entity)
    .replaceAll('\u00a0', ' ')

/** The text between the tags. */
export const wordsOf = (html: string): string =>
  unescaped(html.replace(/<[^>]*>/g, ' ')).replace(/[^\S\r\n]+/g, ' ')

export const languageOf = (html: string): string => /<html lang="([^"]*)"/.exec(html)?.[1] ?? ''

/** Values of the controls of a name, as a browser would post them; a name may occur several times. */
export const valuesOf = (html: string, name: string): readonly string[] =>
  tags(html, 'input', name)
    .filter((tag) => tag['type'] !== 'checkbox' || 'checked' in tag)
    .map((tag) => tag['value'] ?? '')
    .concat(selectedOf(html, name))

/** Whether a control is marked as invalid. */
export const isFaulty = (html: string, name: string): boolean =>
  [...tags(html, 'input', name), ...tags(html, 'select', name)].some((tag) => tag['aria-invalid'] === 'true')

type Tag = Readonly<Record<string, string>>

const tags = (html: string, element: string, name: string): readonly Tag[] =>
  Array.from(html.matchAll(new RegExp(`<${element}\\s((?:[^>"]|"[^"]*")*)>`, 'g')), ([, inside = '']) =>
    attributesOf(inside),
  ).filter((tag) => tag['name'] === name)

const attributesOf = (inside: string): Tag =>
  Object.fromEntries(
    Array.from(inside.matchAll(/([a-z-]+)(?:="([^"]*)")?/g), ([, name = '', value = '']) => [
      name,
      unescaped(value),
    ]),
  )

function selectedOf(html: string, name: string): readonly string[] {
  const selects = html.matchAll(/<select\s((?:[^>"]|"[^"]*")*)>([\s\S]*?)<\/select>/g)
  return Array.from(selects)
    .filter(([, inside = '']) => attributesOf(inside)['name'] === name)
    .flatMap(([, , options = '']) =>
      Array.from(options.matchAll(/<option\s((?:[^>"]|"[^"]*")*)>/g), ([, inside = '']) =>
        attributesOf(inside),
      ),
    )
    .filter((option) => 'selected' in option)
    .map((option) => option['value'] ?? '')
}
