// view · signing in once more: for acts that outlive a session, and with a passkey where the role needs one
import type { Child } from 'hono/jsx'
import { DoorPage } from '../../ui/console/console.tsx'
import { Act, Said } from '../../ui/console/parts.tsx'
import { freshMinutes } from './fresh.ts'
import { type Keeping, keepingWords } from './pages.tsx'

/** `kept`: what became of the form that asked for it; null where nothing was posted. */
export const AgainPage = (props: { email: string; hasPasskey: boolean; kept: Keeping | null }) => (
  <DoorPage title="Sign in again" scripts={['passkeys']}>
    <h1>Sign in again</h1>
    <p>
      API keys, passkeys and operators outlive your session. So that nobody makes them at a screen you left
      open, they need a sign-in of the last {freshMinutes} minutes.
    </p>
    {props.kept !== null && (
      <Said tone={props.kept === 'kept' ? 'good' : 'warn'}>{keepingWords[props.kept]}</Said>
    )}
    {props.hasPasskey && <UsePasskey>Use your passkey</UsePasskey>}
    <Act
      action="/console/sign-in"
      fields={{ email: props.email }}
      label={`Email a link to ${props.email}`}
      weight="quiet"
    />
    <p>
      <a href="/console">Back to the console</a>
    </p>
  </DoorPage>
)

/** The second step of a role that needs a passkey. `kept` as above. */
export const SecondStepPage = (props: {
  role: string
  hasPasskey: boolean
  isFresh: boolean
  kept: Keeping | null
}) => (
  <DoorPage title="Your passkey" scripts={['passkeys']}>
    <h1>{props.hasPasskey ? 'Now your passkey' : 'Add a passkey'}</h1>
    {props.kept !== null && (
      <Said tone={props.kept === 'kept' ? 'good' : 'warn'}>{keepingWords[props.kept]}</Said>
    )}
    <p>
      Here the role {props.role} signs in with two things: a link by email, and a passkey. A passkey alone
      suffices as well: it needs your device and your PIN, finger or face.
    </p>
    <Step {...props} />
    <p class="small" data-no-passkeys="">
      Passkeys need JavaScript and a browser that supports them. Sign in with another browser or device.
    </p>
    <Act action="/console/sign-out" label="Sign out" weight="quiet" />
  </DoorPage>
)

const Step = ({ hasPasskey, isFresh }: { hasPasskey: boolean; isFresh: boolean }) => {
  if (hasPasskey)
    return (
      <>
        <UsePasskey>Use your passkey</UsePasskey>
        <p class="small">
          Lost the device? An owner can remove your passkeys under Settings, Operators; then you add a new one
          here. Whoever runs the server can do the same with <code>sign-in --forget-passkeys</code>.
        </p>
      </>
    )
  return isFresh ? (
    <>
      <p>You have none yet. Add one on this device; it takes a minute. Then you use it once to come in.</p>
      <div class="field" data-passkeys="" hidden>
        <label class="label" for="passkey-name">
          Device name
        </label>
        <input class="input" id="passkey-name" data-passkey-name="" maxlength={60} value="This device" />
      </div>
      <PasskeyButton options="/console/settings/passkeys/options" to="/console/settings/passkeys">
        Add passkey
      </PasskeyButton>
    </>
  ) : (
    <p>
      You have none yet, and adding one needs a sign-in of the last {freshMinutes} minutes.{' '}
      <a href="/console/again?for=you">Sign in again</a>
    </p>
  )
}

const UsePasskey = ({ children }: { children?: Child }) => (
  <PasskeyButton options="/console/sign-in/passkey/options" to="/console/sign-in/passkey">
    {children}
  </PasskeyButton>
)

const PasskeyButton = (props: { options: string; to: string; children?: Child }) => (
  <>
    <button
      type="button"
      class="button"
      data-passkey={props.options}
      data-to={props.to}
      aria-describedby="passkey-says"
      data-passkeys=""
      hidden
    >
      {props.children}
    </button>
    <p id="passkey-says" class="fault" role="status" />
  </>
)
