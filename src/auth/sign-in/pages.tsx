// view · sign-in pages: request a link, use a link, first owner, expired session
import type { Fault } from '../../platform/errors.ts'
import { Button, ErrorSummary, TextField } from '../../ui/components.tsx'
import { DoorPage } from '../../ui/console/console.tsx'
import { Said } from '../../ui/console/parts.tsx'
import type { Trial } from '../../ui/trial.ts'
import type { SaveOutcome } from '../saved-forms.ts'

const faultOf = (faults: readonly Fault[], name: string): string | undefined =>
  faults.find(({ path }) => path === name)?.message

const Summary = ({ faults }: { faults: readonly Fault[] }) => (
  <ErrorSummary
    heading="Please fix this"
    faults={faults.map(({ path, message }) => ({ name: path, message }))}
  />
)

export const SignInPage = (props: {
  email: string
  faults: readonly Fault[]
  kept: boolean
  trial: Trial | undefined
}) => (
  <DoorPage title="Sign in" scripts={['passkeys']} trial={props.trial}>
    <h1>Sign in</h1>
    {props.kept && (
      <Said>Your unsaved changes are kept. Sign in with this browser within a day to continue.</Said>
    )}
    <Summary faults={props.faults} />
    <form method="post" action="/console/sign-in">
      <TextField
        name="email"
        type="email"
        label="Your email address"
        autocomplete="username webauthn"
        value={props.email}
        fault={faultOf(props.faults, 'email')}
        required
      />
      <Button>Email me a link</Button>
    </form>
    <button
      type="button"
      class="button button-quiet"
      data-passkey="/console/sign-in/passkey/options"
      data-to="/console/sign-in/passkey"
      aria-describedby="passkey-says"
      data-passkeys=""
      hidden
    >
      Use a passkey instead
    </button>
    <p id="passkey-says" class="fault" role="status" />
    <p class="small">You need no password: sign in with a link sent by email, or with a passkey.</p>
  </DoorPage>
)

export const LinkSentPage = ({ minutes, trial }: { minutes: number; trial: Trial | undefined }) => (
  <DoorPage title="Check your email" trial={trial}>
    <h1>Check your email</h1>
    <p>
      If this address belongs to an operator, a sign-in link is on its way. It works once, for {minutes}{' '}
      minutes, in this browser: open it here, or copy its address into this browser.
    </p>
    <p>One link is open at a time: asking again ends the one before.</p>
    <p class="small">
      No email? Check your spam folder, or <a href="/console/sign-in">try again</a>. While a link waits that
      was asked for in a browser you signed in with before, other browsers get none.
    </p>
  </DoorPage>
)

export const UseLinkPage = (props: { host: string; joining: { name: string; role: string } | null }) => (
  <DoorPage title="Sign in" scripts={['zone']}>
    <h1>{props.joining === null ? 'Sign in' : `Welcome, ${props.joining.name}`}</h1>
    <p>
      {props.joining === null
        ? `Press the button to sign in to the console at ${props.host}.`
        : `You were invited to the console at ${props.host} as ${props.joining.role}.`}
    </p>
    <form method="post">
      <ZoneInput />
      <Button>{props.joining === null ? 'Sign in' : 'Accept and sign in'}</Button>
    </form>
    <p class="small">
      Nothing happens until you press the button, so software that scans links cannot use yours up.
    </p>
  </DoorPage>
)

export const FirstOwnerPage = (props: { name: string; email: string; faults: readonly Fault[] }) => (
  <DoorPage title="Welcome" scripts={['zone']}>
    <h1>Welcome to Assent</h1>
    <p>You are the first operator, so you become the owner. You can invite others later.</p>
    <Summary faults={props.faults} />
    <form method="post">
      <ZoneInput />
      <TextField
        name="name"
        label="Your name"
        autocomplete="name"
        value={props.name}
        fault={faultOf(props.faults, 'name')}
        maxlength={100}
        required
      />
      <TextField
        name="email"
        type="email"
        label="Your email address"
        hint="Sign-in links are sent to this address."
        autocomplete="email"
        value={props.email}
        fault={faultOf(props.faults, 'email')}
        required
      />
      <Button>Get started</Button>
    </form>
  </DoorPage>
)

/** Filled by the browser's script; empty without it. */
const ZoneInput = () => <input type="hidden" name="timezone" value="" data-zone="" />

export const LinkOverPage = () => (
  <DoorPage title="This link does not work">
    <h1>This link does not work</h1>
    <p>It was already used, it has expired, a newer one was asked for, or it is incomplete.</p>
    <p>
      <a href="/console/sign-in">Request a new link</a>
    </p>
  </DoorPage>
)

export const OtherBrowserPage = () => (
  <DoorPage title="Open this link in the other browser">
    <h1>Open this link in the other browser</h1>
    <p>
      A sign-in link works only in the browser in which it was asked for, so that nobody else can use it. If
      your mail program opens links by itself, copy the address of the link into that browser.
    </p>
    <p>
      To sign in here, <a href="/console/sign-in">request a new link in this browser</a>. The one you have
      ends then.
    </p>
  </DoorPage>
)

export const WaitPage = ({ wait }: { wait: string }) => (
  <DoorPage title="Too many requests">
    <h1>Too many requests</h1>
    <p>
      No link was sent: there were too many requests from your network or for this address. Try again {wait}.
    </p>
    <p>
      A passkey works at any time, and so does a browser in which you signed in before: it has requests of its
      own.
    </p>
    <p>
      <a href="/console/sign-in">Back to sign-in</a>
    </p>
  </DoorPage>
)

/** Outcome for a form posted without a session. */
export type Keeping = SaveOutcome['kind'] | 'nothing' | 'stranger'

const copyFirst = 'Go back, copy your text, then sign in again.'

export const keepingWords: Readonly<Record<Keeping, string>> = {
  kept: 'Your changes are not saved yet, but they are kept, encrypted, for a day. Sign in again with this browser to continue.',
  nothing: 'Nothing was changed. Sign in again to continue.',
  limited: `Your changes were not saved and could not be kept: too many forms came from this network. ${copyFirst}`,
  full: `Your changes were not saved and could not be kept: too many forms are being kept already. ${copyFirst}`,
  too_large: `Your changes were not saved and are too long to be kept (more than 64 KiB). ${copyFirst}`,
  stranger: `Your changes were not saved and not kept: nobody has signed in with this browser recently. ${copyFirst}`,
}

export const SessionOverPage = ({ kept }: { kept: Keeping }) => (
  <DoorPage title="Your session has ended">
    <h1>Your session has ended</h1>
    <p>{keepingWords[kept]}</p>
    <p>
      <a class="button" href="/console/sign-in">
        Sign in again
      </a>
    </p>
  </DoorPage>
)
