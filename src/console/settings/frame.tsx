// web · the frame of the settings screens: tabs, messages, form values
import type { Child } from 'hono/jsx'
import { type ConsoleContext, frameOf, screen } from '../../auth/console.tsx'
import { may } from '../../auth/roles.ts'
import { freshMinutes, isFresh } from '../../auth/sign-in/fresh.ts'
import type { Fault } from '../../platform/errors.ts'
import { ErrorSummary } from '../../ui/components.tsx'
import { ConsolePage, type ConsolePageProps } from '../../ui/console/console.tsx'
import { PageHead, Said } from '../../ui/console/parts.tsx'
import { readForm } from '../../ui/read-body.ts'

export type SettingsTab =
  | 'you'
  | 'operators'
  | 'keys'
  | 'sender'
  | 'sending'
  | 'processors'
  | 'suppressions'
  | 'acts'

const tabs = [
  { key: 'you', label: 'You', href: '/console/settings', permission: null },
  {
    key: 'operators',
    label: 'Operators',
    href: '/console/settings/operators',
    permission: 'operators.manage',
  },
  { key: 'keys', label: 'API keys', href: '/console/settings/keys', permission: 'keys.manage' },
  { key: 'sender', label: 'Service email', href: '/console/settings/sender', permission: 'settings.write' },
  { key: 'sending', label: 'Sending rules', href: '/console/settings/sending', permission: 'settings.write' },
  {
    key: 'processors',
    label: 'Hosting and mail',
    href: '/console/settings/processors',
    permission: 'settings.write',
  },
  {
    key: 'suppressions',
    label: 'Suppressions',
    href: '/console/settings/suppressions',
    permission: 'subscribers.read',
  },
  { key: 'acts', label: 'Audit log', href: '/console/settings/acts', permission: 'audit.read' },
] as const

export interface SettingsPage {
  readonly tab: SettingsTab
  readonly title: string
  readonly about?: string
  /** Messages for `?done=`; other values are ignored. */
  readonly done?: Readonly<Record<string, string>>
  readonly faults?: readonly Fault[]
  readonly scripts?: ConsolePageProps['scripts']
  readonly content: Child
}

/** Renders a settings screen; 422 with faults. */
export function settingsScreen(c: ConsoleContext, page: SettingsPage): Response | Promise<Response> {
  const faults = page.faults ?? []
  const word = c.req.query('done') ?? ''
  const said = page.done !== undefined && Object.hasOwn(page.done, word) ? page.done[word] : undefined
  return screen(
    c,
    faults.length > 0 ? 422 : 200,
    <ConsolePage frame={frameOf(c)} section="settings" title={page.title} scripts={page.scripts ?? []}>
      <PageHead title="Settings" />
      <nav class="tabs" aria-label="Settings">
        {tabs
          .filter(({ permission }) => permission === null || may(c.var.session.operator.role, permission))
          .map(({ key, label, href }) => (
            <a href={href} aria-current={key === page.tab ? 'page' : undefined}>
              {label}
            </a>
          ))}
      </nav>
      {said !== undefined && faults.length === 0 && <Said>{said}</Said>}
      <ErrorSummary
        heading="Please fix this"
        faults={faults.map(({ path, message }) => ({ name: path, message }))}
      />
      {page.about !== undefined && <p class="soft">{page.about}</p>}
      {page.content}
    </ConsolePage>,
  )
}

export const faultAt = (faults: readonly Fault[] | undefined, name: string): string | undefined =>
  faults?.find(({ path }) => path === name)?.message

/** Reads the form; `one` returns the first value of a name, or an empty text. */
export async function sentValues(c: ConsoleContext): Promise<{
  one: (name: string) => string
  all: (name: string) => readonly string[]
}> {
  const form = await readForm(c)
  return { one: (name) => form.get(name)?.[0] ?? '', all: (name) => form.get(name) ?? [] }
}

/** Says beforehand that an act of this screen asks for another sign-in; nothing after a fresh one. */
export const FreshNote = ({ c, place, what }: { c: ConsoleContext; place: string; what: string }) =>
  isFresh(c.var.session, c.env.clock()) ? null : (
    <p class="soft">
      {what} needs a sign-in of the last {freshMinutes} minutes.{' '}
      <a href={`/console/again?for=${place}`}>Sign in again</a>
    </p>
  )
