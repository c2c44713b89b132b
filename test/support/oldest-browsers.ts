// adapter · the oldest supported browsers: newer features used by a style sheet, script or page, by MDN's data
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import postcss, { type AtRule, type ChildNode, type Container, type Declaration } from 'postcss'
import * as z from 'zod'
import { at } from './client.ts'

/** The last Chrome and Firefox for Windows 7 and 8, and the last Safari of iOS 15. docs/browsers.md */
export const floor = { chrome: 109, firefox: 115, safari: 15.6 } as const

/** Read instead of imported, so that twenty megabytes of data do not become a module. */
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

/** Whether the feature at a path is newer than the floor; null where MDN's data has no such feature. */
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

/** NaN for a feature that is planned or was never shipped. */
const versionOf = (version: string | boolean | null): number =>
  typeof version === 'string' ? Number.parseFloat(version.replace('≤', '')) : Number.NaN

/** A part of a style sheet that some browser of the floor ignores, with the newer feature in it. */
interface PassedOver {
  readonly node: ChildNode
  readonly feature: string
}

/** Returns features newer than the floor that are neither behind `@supports` nor beside a prefixed declaration. */
export function newerInCss(css: string): readonly string[] {
  const root = postcss.parse(css)
  const asked = new Set<ChildNode>()
  root.walkAtRules('supports', (rule) => rule.walk((node) => void asked.add(node)))
  return passedOver(root)
    .filter(({ node }) => !asked.has(node) && !hasPrefixed(node))
    .map(({ feature }) => feature)
}

/** The style sheet as the oldest browsers read it. CSS Syntax 3 and Selectors 4 on unknown constructs */
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

/** Newer keywords and functions in a value, looked up where MDN's data lists them. */
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

/** Returns member names in a script that stand for a newer feature, whichever object has the member. */
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

/** Whether the member exists and every object with it is newer than the floor. */
function everyOwner(member: string): boolean {
  const known = owners
    .flatMap((path) => [isNewer(...path, member), isNewer(...path, `${member}_static`)])
    .filter((newer) => newer !== null)
  return known.length > 0 && known.every(Boolean)
}

/** Returns newer elements, attributes and input types of a page. */
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
