// adapter · a page examined by axe-core: the rules of WCAG 2.2 that it breaks
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** The rules that a page breaks, at WCAG 2.2 A and AA, and where. Works under a policy that forbids scripts. */
export async function violations(page: Page): Promise<readonly string[]> {
  const script = `${axe}; axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
    .then((result) => result.violations.map((one) => one.id + ': ' + one.nodes.map((node) => node.target).join(' ')))`
  return page.evaluate<string[]>(script)
}
