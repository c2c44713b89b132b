// view · sign-in pages: request a link, use a link, first owner, expired session
import type { Fault } from '../../platform/errors.ts'
import { Button, ErrorSummary, TextField } from '../../ui/components.tsx'
import { DoorPage } from '../../ui/console/console.tsx'
import { Said } from '../../ui/console/parts.tsx'
import type { SaveOutcome } from '../saved-forms.ts'

const faultOf = (faults: readonly Fault[], name: string): string | undefined =>
  faults.find(({ path }) => path === name)?.message

const Summary = ({ faults }: { faults: readonly Fault[] }) => (
  <ErrorSummary
    heading="This needs another look"
    faults={faults.map(({ path, message }) => ({ name: path, message }))}
  />
)

export const SignInPage = (props: { email: string; faults: readonly Fault[]; kept: boolean }) => (
  <DoorPage title="Sign in" scripts={['passkeys']}>
    <h1>Sign in</h1>
    {props.kept && (
      <Said>What you were writing is kept. Sign in in this browser within a day, and it is there again.</Said>
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
      <Button>Mail me a link</Button>
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
    <p class="small">
      There is no password here: a link in your mail, or a passkey on your device, lets you in.
    </p>
  </DoorPage>
)

export const LinkSentPage = ({ minutes }: { minutes: number }) => (
  <DoorPage title="Look into your mail">
    <h1>Look into your mail</h1>
    <p>
      If this address belongs to an operator, a link is on its way. It works once, for {minutes} minutes, in
      this browser or any other.
    </p>
    <p class="small">
      Nothing there? Look into the spam folder, or <a href="/console/sign-in">try the address again</a>.
    </p>
  </DoorPage>
)

export const UseLinkPage = (props: { host: string; joining: { name: string; role: string } | null }) => (
  <DoorPage title="Sign in">
    <h1>{props.joining === null ? 'Sign in' : `Welcome, ${props.joining.name}`}</h1>
    <p>
      {props.joining === null
        ? `One more press, and you are in the console at ${props.host}.`
        : `You were invited to the console at ${props.host} as ${props.joining.role}.`}
    </p>
    <form method="post">
      <Button>{props.joining === null ? 'Sign in' : 'Accept and sign in'}</Button>
    </form>
    <p class="small">
      This page changes nothing until you press: programs that look at links cannot use yours up.
    </p>
  </DoorPage>
)

export const FirstOwnerPage = (props: { name: string; email: string; faults: readonly Fault[] }) => (
  <DoorPage title="Welcome">
    <h1>Welcome to Assent</h1>
    <p>You are the first one here, so you become the owner. Others come in when you invite them.</p>
    <Summary faults={props.faults} />
    <form method="post">
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
        hint="Links to sign in go there."
        autocomplete="email"
        value={props.email}
        fault={faultOf(props.faults, 'email')}
        required
      />
      <Button>Begin</Button>
    </form>
  </DoorPage>
)

export const LinkOverPage = () => (
  <DoorPage title="This link is over">
    <h1>This link opens nothing any more</h1>
    <p>It was used, it is too old, or a part of it got lost on the way.</p>
    <p>
      <a href="/console/sign-in">Ask for a new one</a>
    </p>
  </DoorPage>
)

export const WaitPage = ({ wait }: { wait: string }) => (
  <DoorPage title="Too many links were asked for">
    <h1>Too many links were asked for</h1>
    <p>Nothing was sent this time: too many came from your network, or for this address. Try again {wait}.</p>
    <p>
      <a href="/console/sign-in">Back to signing in</a>
    </p>
  </DoorPage>
)

/** Outcome for a form posted without a session. */
export type Keeping = SaveOutcome['kind'] | 'nothing' | 'stranger'

const copyFirst = 'Go back to it, copy your text, then sign in again.'

const keepingWords: Readonly<Record<Keeping, string>> = {
  kept: 'Nothing was saved yet, and nothing is lost: what you wrote is kept, sealed, for a day. Sign in again in this browser, and you can go on.',
  nothing: 'Nothing was done. Sign in again, and go on.',
  limited: `Nothing was saved, and what you wrote could not be kept: too many forms came from this network. ${copyFirst}`,
  full: `Nothing was saved, and what you wrote could not be kept: too many forms wait already for people who sign in again. ${copyFirst}`,
  too_large: `Nothing was saved, and what you wrote is too long to be kept: more than 64 KiB. ${copyFirst}`,
  stranger: `Nothing was saved, and what you wrote was not kept: nobody has signed in with this browser lately. ${copyFirst}`,
}

export const SessionOverPage = ({ kept }: { kept: Keeping }) => (
  <DoorPage title="Your session is over">
    <h1>Your session is over</h1>
    <p>{keepingWords[kept]}</p>
    <p>
      <a class="button" href="/console/sign-in">
        Sign in again
      </a>
    </p>
  </DoorPage>
)
