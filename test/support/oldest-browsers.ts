// adapter · the oldest browsers that are served: what of a style sheet or a script is newer than they are, by MDN's data
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import postcss, { type AtRule, type ChildNode, type Container, type Declaration } from 'postcss'
import * as z from 'zod'
import { at } from './client.ts'

/** The last Chrome of Windows 7 and 8, the last Firefox there, and the last Safari of iOS 15. docs/browsers.md */
export const floor = { chrome: 109, firefox: 115, safari: 15.6 } as const

/** Read, not imported: nothing is to be made of twenty megabytes but their values. */
const compat: unknown = JSON.parse(
  await readFile(createRequire(import.meta.url).resolve('@mdn/browser-compat-data'), 'utf8'),
)

const version = z.union([z.string(), z.boolean(), z.null()])
const statement = z.object({
  version_added: version,
  version_removed: version.optional(),
  prefix: z.string().optional(),
  alternative_name: z.string().optional(),
  flags: z.unknown().optional(),
})
const feature = z.object({
  __compat: z.object({
    support: z.record(z.string(), z.union([statement.transform((one) => [one]), z.array(statement)])),
  }),
})

/** What the data has at a path: newer than the floor or not; null where it knows nothing of it. */
export function isNewer(...path: readonly string[]): boolean | null {
  const found = feature.safeParse(at(compat, ...path))
  if (!found.success) return null
  const { support } = found.data.__compat
  return Object.entries(floor).some(
    ([browser, version]) =>
      !(support[browser] ?? []).some(
        (one) =>
          (one.version_removed === undefined || versionOf(one.version_removed) > version) &&
          one.prefix === undefined &&
          one.alternative_name === undefined &&
          one.flags === undefined &&
          versionOf(one.version_added) <= version,
      ),
  )
}

/** Of something that is only to come, or never was: none. */
const versionOf = (version: string | boolean | null): number =>
  typeof version === 'string' ? Number.parseFloat(version.replace('≤', '')) : Number.NaN

/** A piece of a style sheet that some browser of the floor passes over, and the newer thing in it. */
interface PassedOver {
  readonly node: ChildNode
  readonly feature: string
}

/** What is newer than the floor, is not asked for by `@supports`, and has no prefixed declaration beside it. */
export function newerInCss(css: string): readonly string[] {
  const root = postcss.parse(css)
  const asked = new Set<ChildNode>()
  root.walkAtRules('supports', (rule) => rule.walk((node) => void asked.add(node)))
  return passedOver(root)
    .filter(({ node }) => !asked.has(node) && !hasPrefixed(node))
    .map(({ feature }) => feature)
}

/** The same style sheet as the oldest browsers read it. CSS Syntax 3 and Selectors 4 on what is not known */
export function asReadByFloor(css: string): string {
  const root = postcss.parse(css)
  for (const { node } of passedOver(root)) node.remove()
  return root.toString()
}

function passedOver(container: Container): readonly PassedOver[] {
  const found: PassedOver[] = []
  container.walk((node) => {
    const features =
      node.type === 'decl'
        ? newerInDeclaration(node)
        : node.type === 'rule'
          ? [...newerInSelector(node.selector), ...(node.parent?.type === 'rule' ? ['nesting'] : [])]
          : node.type === 'atrule'
            ? newerInAtRule(node)
            : []
    found.push(...features.map((feature) => ({ node, feature })))
  })
  return found
}

const newerInSelector = (selector: string): readonly string[] =>
  Array.from(selector.matchAll(/(::?)(-?[a-z][a-z-]*)/g)).flatMap(([words, , name = '']) =>
    name.startsWith('-') || isNewer('css', 'selectors', name) === false ? [] : [words],
  )

function newerInAtRule({ name, params }: AtRule): readonly string[] {
  const asked = name === 'media' ? [...params.matchAll(/\(\s*(?:min-|max-)?([a-z-]+)/g)] : []
  return [
    ...(isNewer('css', 'at-rules', name) === false ? [] : [`@${name}`]),
    ...asked.flatMap(([, medium = '']) =>
      isNewer('css', 'at-rules', 'media', medium) === false ? [] : [`@media (${medium})`],
    ),
    ...(name === 'media' && /[<>]/.test(params) ? ['@media (range)'] : []),
  ]
}

/** Keywords and functions of newer values, by where the data keeps them. */
function newerInDeclaration({ prop, value }: Declaration): readonly string[] {
  if (prop.startsWith('--') || prop.startsWith('-webkit-')) return []
  if (isNewer('css', 'properties', prop) !== false) return [prop]
  const bare = value.replaceAll(/"[^"]*"|url\([^)]*\)/g, ' ')
  const words = Array.from(bare.matchAll(/(?<![\w.#-])-?[a-z][a-z-]*(?![\w-])/gi), ([word]) => word)
  const units = Array.from(bare.matchAll(/(?<=\d)[a-z]+/gi), ([unit]) => unit)
  return [
    ...words
      .filter(
        (word) =>
          isNewer('css', 'properties', prop, word) === true ||
          [[], ['color'], ['gradient'], ['image'], ['transform-function'], ['basic-shape']].some(
            (within) => isNewer('css', 'types', ...within, word) === true && bare.includes(`${word}(`),
          ),
      )
      .map((word) => `${prop}: ${word}`),
    ...units.filter((unit) => isNewerUnit(unit)).map((unit) => `${prop}: ${unit}`),
    ...(prop === 'content' && bare.includes('/') ? ['content: alternative text'] : []),
  ]
}

const isNewerUnit = (unit: string): boolean => {
  const group = /^[dls]v/.test(unit)
    ? `viewport_percentage_units_${{ d: 'dynamic', l: 'large', s: 'small' }[unit[0] ?? ''] ?? ''}`
    : unit.startsWith('cq')
      ? 'container_query_length_units'
      : unit
  return isNewer('css', 'types', 'length', group) === true
}

const hasPrefixed = (node: ChildNode): boolean =>
  node.type === 'decl' &&
  node.parent?.nodes.some((one) => one.type === 'decl' && one.prop === `-webkit-${node.prop}`) === true

/** Words of a script that stand for something newer, whichever object has it. */
export function newerInScript(script: string): readonly string[] {
  const members = Array.from(script.matchAll(/\.([a-z]\w*)/gi), ([, name = '']) => name)
  const globals = Array.from(script.matchAll(/(?<![.\w$'"-])([a-z]\w{2,})/gi), ([, name = '']) => name)
  return [
    ...[...new Set(members)].filter((name) => everyOwner(name)).map((name) => `.${name}`),
    ...[...new Set(globals)].filter(
      (name) =>
        isNewer('api', name) === true ||
        isNewer('api', 'Window', name) === true ||
        isNewer('javascript', 'builtins', name) === true,
    ),
  ]
}

const owners = [['api'], ['javascript', 'builtins']].flatMap((path) =>
  Object.keys(z.looseObject({}).parse(at(compat, ...path))).map((name) => [...path, name]),
)

/** Whether there is such a member, and none of the objects that have one is old enough. */
function everyOwner(member: string): boolean {
  const known = owners
    .flatMap((path) => [isNewer(...path, member), isNewer(...path, `${member}_static`)])
    .filter((newer) => newer !== null)
  return known.length > 0 && known.every(Boolean)
}

/** Elements, attributes and kinds of inputs of a page. */
export function newerInHtml(html: string): readonly string[] {
  const found = Array.from(html.matchAll(/<([a-z][a-z0-9]*)((?:\s+[^\s"'>/=]+(?:="[^"]*")?)*)/g)).flatMap(
    ([, element = '', attributes = '']) => [
      ...(isNewer('html', 'elements', element) === true ? [`<${element}>`] : []),
      ...Array.from(attributes.matchAll(/\s([a-z][a-z-]*)(?:="([^"]*)")?/g)).flatMap(
        ([, name = '', value = '']) =>
          (isNewer('html', 'elements', element, name) ?? isNewer('html', 'global_attributes', name)) ===
            true || isNewer('html', 'elements', element, `${name}_${value}`) === true
            ? [`<${element} ${name}>`]
            : [],
      ),
    ],
  )
  return [...new Set(found)]
}
