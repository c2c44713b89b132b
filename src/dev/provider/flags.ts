// adapter · the provider's options from command-line flags
import { parseArgs } from 'node:util'
import { courses, coursesShape } from './courses.ts'
import { type Fault, faultsShape, type Trouble, troubles } from './faults.ts'
import type { ProviderOptions } from './state.ts'
import { type WebhookOptions, webhookShape } from './webhook-options.ts'

const text = { type: 'string' } as const

const faultFlags: Readonly<Record<string, Fault | 'rejectOne'>> = {
  busy: 'busy429',
  error: 'error500',
  unavailable: 'unavailable503',
  'page-502': 'page502',
  'reset-before': 'resetBefore',
  'timeout-before': 'timeoutBefore',
  refused: 'refused',
  'reset-after': 'resetAfter',
  'timeout-after': 'timeoutAfter',
  'cut-after': 'cutAfter',
  'page-after': 'pageAfter',
  'page-504-after': 'page504After',
  'reject-one': 'rejectOne',
}

const courseFlags = courses.filter((course) => course !== 'delivered')
const accidents = ['duplicate', 'reorder', 'early', 'lost']
const otherFlags = [
  'port record seed rate latency api-key daily-quota monthly-quota domains blocked-domains most-bytes key-hours',
  'refused-as webhook-url webhook-secret spread retries',
].flatMap((line) => line.split(' '))

export const flagNames: readonly string[] = [
  ...otherFlags,
  ...Object.keys(faultFlags),
  ...courseFlags,
  ...accidents,
  'keep-content',
]

/** Throws with one sentence about a missing or invalid flag. */
export function optionsFrom(argv: readonly string[]): ProviderOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      ...Object.fromEntries(flagNames.map((name) => [name, text])),
      'keep-content': { type: 'boolean' },
    },
  })
  const typed = new Map(Object.entries<string | boolean | undefined>(values))
  const given = (name: string): string | undefined => {
    const value = typed.get(name)
    return typeof value === 'string' ? value : undefined
  }
  const number = (name: string): number | undefined => wholeNumber(`--${name}`, given(name))
  const shares = (flags: readonly string[], fieldOf = (flag: string) => flag) =>
    Object.fromEntries(flags.map((flag) => [fieldOf(flag), probability(`--${flag}`, given(flag))]))
  const recordFile = given('record')
  if (recordFile === undefined) throw new Error('--record FILE is missing')
  const seed = number('seed') ?? 1
  return {
    recordFile,
    keepContent: typed.get('keep-content') === true,
    port: number('port') ?? 8788,
    apiKey: given('api-key'),
    ratePerSecond: number('rate') || undefined,
    latencyMs: number('latency'),
    dailyQuota: number('daily-quota'),
    monthlyQuota: number('monthly-quota'),
    verifiedDomains: given('domains')?.split(','),
    blockedDomains: given('blocked-domains')?.split(','),
    mostBodyBytes: number('most-bytes'),
    keyTtlHours: number('key-hours'),
    faults: faultsShape.parse({
      seed,
      refusedAs: troubleOf(given('refused-as')),
      ...shares(Object.keys(faultFlags), (flag) => faultFlags[flag] ?? flag),
    }),
    courses: coursesShape.parse({ seed, ...shares(courseFlags) }),
    webhooks: webhooksFrom(given, { seed, spreadMs: number('spread'), ...shares(accidents) }),
  }
}

/** Undefined if neither URL nor secret is given. */
function webhooksFrom(
  given: (name: string) => string | undefined,
  accidentsOf: object,
): WebhookOptions | undefined {
  const url = given('webhook-url')
  const secret = given('webhook-secret')
  if (url === undefined && secret === undefined) return undefined
  if (url === undefined || secret === undefined)
    throw new Error('--webhook-url and --webhook-secret go together')
  const retryMs = given('retries')
    ?.split(',')
    .map((rest) => wholeNumber('--retries', rest))
  return webhookShape.parse({ url, secret, retryMs, ...accidentsOf })
}

function troubleOf(name: string | undefined): Trouble | undefined {
  const trouble = troubles.find((one) => one === name)
  if (name !== undefined && trouble === undefined)
    throw new Error(`--refused-as must be one of ${troubles.join(', ')}`)
  return trouble
}

function wholeNumber(name: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined
  if (!/^\d{1,9}$/.test(given)) throw new Error(`${name} must be a whole number`)
  return Number(given)
}

function probability(name: string, given = '0'): number {
  const value = Number(given)
  if (given.trim() === '' || !(value >= 0 && value <= 1)) throw new Error(`${name} must be between 0 and 1`)
  return value
}
