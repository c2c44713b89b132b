// adapter · the fields a browser would post of an untouched form, read from HTML

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
const textOf = (html: string): string =>
  html.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] ?? '')

const attribute = (tag: string, name: string): string | null => {
  const found = new RegExp(`\\s${name}(?:="([^"]*)")?(?=[\\s/>])`).exec(tag)
  return found === null ? null : textOf(found[1] ?? '')
}

/** Returns successful controls by name, in page order. Buttons are left out, since none is pressed. */
export function formIn(html: string, mark = ''): ReadonlyMap<string, readonly string[]> {
  const start = html.search(new RegExp(`<form[^>]*${mark.replace(/^form\[|\]$/g, '')}`))
  const form = html.slice(start, html.indexOf('</form>', start))
  const values = new Map<string, string[]>()
  const post = (name: string | null, value: string): void => {
    if (name !== null && name !== '') values.set(name, [...(values.get(name) ?? []), value])
  }
  const controls =
    /<input\b(?:"[^"]*"|[^>"])*>|<select\b((?:"[^"]*"|[^>"])*)>([\s\S]*?)<\/select>|<textarea\b((?:"[^"]*"|[^>"])*)>([\s\S]*?)<\/textarea>/g
  for (const [tag, select, options, area, text] of form.matchAll(controls)) {
    if (select !== undefined) post(attribute(`<select ${select}>`, 'name'), chosenOf(options ?? ''))
    // HTML drops a newline right after the tag.
    else if (area !== undefined)
      post(attribute(`<textarea ${area}>`, 'name'), textOf((text ?? '').replace(/^\r?\n/, '')))
    else if (!isUnticked(tag)) post(attribute(tag, 'name'), attribute(tag, 'value') ?? 'on')
  }
  return values
}

const isUnticked = (tag: string): boolean =>
  ['checkbox', 'radio'].includes(attribute(tag, 'type') ?? '') && attribute(tag, 'checked') === null

function chosenOf(html: string): string {
  const options = html.match(/<option\b(?:"[^"]*"|[^>"])*>/g) ?? []
  const chosen = options.find((option) => attribute(option, 'selected') !== null) ?? options[0] ?? ''
  return attribute(chosen, 'value') ?? ''
}
