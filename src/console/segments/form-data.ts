// pure · reading the posted builder controls: `row.2.how`, `row.2.1.value`, `group.2.join`
import type { Builder, Group, Join } from './builder.ts'
import type { Row } from './rows.ts'

type Sent = ReadonlyMap<string, readonly string[]>

/** More rows than a filter may have. */
const mostIndex = 200

/** The posted form in the order of its rows, with everything typed. */
export function builderIn(sent: Sent): Builder {
  const places = [...sent.keys()].flatMap((name) => /^(?:row|group)\.(\d{1,3})(?=\.)/.exec(name)?.[1] ?? [])
  const items = [...new Set(places.map(Number))].filter((at) => at <= mostIndex).sort((a, b) => a - b)
  return { join: joinIn(sent, 'join'), items: items.map((at) => itemIn(sent, at)) }
}

function itemIn(sent: Sent, at: number): Row | Group {
  if (!sent.has(`group.${at}.join`)) return rowIn(sent, `row.${at}`)
  const inner = new RegExp(`^row\\.${at}\\.(\\d{1,3})\\.what$`)
  const rows = [...sent.keys()]
    .flatMap((name) => inner.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)
  return { join: joinIn(sent, `group.${at}.join`), rows: rows.map((one) => rowIn(sent, `row.${at}.${one}`)) }
}

const rowIn = (sent: Sent, name: string): Row => ({
  what: sent.get(`${name}.what`)?.[0] ?? '',
  how: sent.get(`${name}.how`)?.[0] ?? '',
  values: sent.get(`${name}.value`) ?? [],
})

const joinIn = (sent: Sent, name: string): Join => (sent.get(name)?.[0] === 'any' ? 'any' : 'all')
