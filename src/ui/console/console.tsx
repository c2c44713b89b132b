// view · the frame of console screens: navigation rail and page
import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import { consoleScripts, consoleStylesheetHref, iconHref } from '../assets.ts'
import { Icon, type IconName } from '../icons.tsx'
import type { Trial } from '../trial.ts'

export type Section = 'home' | 'lists' | 'people' | 'segments' | 'campaigns' | 'settings'

const sections: readonly { key: Section; label: string; href: string; icon: IconName }[] = [
  { key: 'home', label: 'Home', href: '/console', icon: 'house' },
  { key: 'lists', label: 'Lists', href: '/console/lists', icon: 'list-checks' },
  { key: 'people', label: 'People', href: '/console/people', icon: 'users' },
  { key: 'segments', label: 'Segments', href: '/console/segments', icon: 'funnel' },
  { key: 'campaigns', label: 'Campaigns', href: '/console/campaigns', icon: 'send' },
  { key: 'settings', label: 'Settings', href: '/console/settings', icon: 'settings' },
]

/** Data shared by the screens of one request. */
export interface ConsoleFrame {
  readonly operator: { readonly name: string; readonly role: string; readonly timezone: string }
  /** The sections that the role may see. */
  readonly sections: readonly Section[]
  /** Given where no provider is set up. */
  readonly trial?: Trial | undefined
}

export interface ConsolePageProps {
  readonly frame: ConsoleFrame
  readonly section: Section
  readonly title: string
  /** Client islands; the screen works without them. */
  readonly scripts?: readonly (keyof typeof consoleScripts)[]
  readonly children?: Child
}

export const ConsolePage = ({ frame, section, title, scripts, children }: ConsolePageProps) => (
  <ConsoleDocument title={title} scripts={scripts ?? []} class="console">
    <header class="rail">
      <a class="rail-name" href="/console">
        <svg viewBox="0 0 12 12" aria-hidden="true" focusable="false">
          <circle cx="6" cy="6" r="6" />
        </svg>
        Assent
      </a>
      <nav aria-label="Console">
        <ul>
          {sections
            .filter(({ key }) => frame.sections.includes(key))
            .map(({ key, label, href, icon }) => (
              <li>
                <a href={href} aria-current={key === section ? 'page' : undefined}>
                  <Icon name={icon} />
                  {label}
                </a>
              </li>
            ))}
        </ul>
      </nav>
      <div class="rail-who">
        <p>
          <strong>{frame.operator.name}</strong>
          <br />
          <span class="soft">{frame.operator.role}</span>
        </p>
        <form method="post" action="/console/sign-out">
          <button type="submit" class="rail-out" aria-label="Sign out">
            <Icon name="log-out" />
            <span>Sign out</span>
          </button>
        </form>
      </div>
    </header>
    <main id="content" class="desk">
      {frame.trial !== undefined && <TrialBanner trial={frame.trial} />}
      {children}
    </main>
  </ConsoleDocument>
)

/** Figures such as "5 of 5 sent" mean the mailbox here, which no reader sees. */
const TrialBanner = ({ trial: { mailbox } }: { trial: Trial }) => (
  <p class="trial">
    <Icon name="triangle-alert" />
    <span>
      <strong>Nothing leaves this machine:</strong> no mail provider is set up. Emails go to the{' '}
      {mailbox === null ? (
        <>
          mailbox, <code>/dev/mailbox</code>, which opens only on the machine itself.
        </>
      ) : (
        <>
          <a href={mailbox}>mailbox</a> instead.
        </>
      )}
    </span>
  </p>
)

/** The frame of the sign-in pages, without navigation. */
export const DoorPage = (props: {
  title: string
  trial?: Trial | undefined
  scripts?: ConsolePageProps['scripts']
  children?: Child
}) => (
  <ConsoleDocument title={props.title} scripts={props.scripts ?? []}>
    <header class="masthead">
      <svg viewBox="0 0 12 12" aria-hidden="true" focusable="false">
        <circle cx="6" cy="6" r="5.5" />
      </svg>
      <span>Assent</span>
    </header>
    <main id="content" class="sheet">
      {props.trial !== undefined && <TrialBanner trial={props.trial} />}
      {props.children}
    </main>
  </ConsoleDocument>
)

const ConsoleDocument = (props: {
  title: string
  scripts: NonNullable<ConsolePageProps['scripts']>
  class?: string
  children?: Child
}) => (
  <>
    {raw('<!doctype html>')}
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>{`${props.title} · Assent`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <link rel="stylesheet" href={consoleStylesheetHref} />
        <link rel="icon" type="image/svg+xml" href={iconHref} />
        {(['once', ...props.scripts] as const).map((name) => (
          <script type="module" src={consoleScripts[name]} />
        ))}
      </head>
      <body class={props.class}>
        <a class="skip" href="#content">
          Skip to content
        </a>
        {props.children}
      </body>
    </html>
  </>
)
