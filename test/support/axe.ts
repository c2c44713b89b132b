// adapter · axe-core on a page: the WCAG 2.2 rules it breaks
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Returns the WCAG 2.2 A and AA rules that a page breaks, and where. Works under a policy that forbids scripts. */
export async function violations(page: Page): Promise<readonly string[]> {
  const script = `${axe}; axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
    .then((result) => result.violations.map((one) => one.id + ': ' + one.nodes.map((node) => node.target).join(' ')))`
  return page.evaluate<string[]>(script)
}
