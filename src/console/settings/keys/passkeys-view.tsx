// view · an operator's own passkeys: added after a fresh sign-in, named, removed
import type { PasskeyRow } from '../../../auth/operators/find-operators.ts'
import { freshMinutes } from '../../../auth/sign-in/fresh.ts'
import { Act, Time } from '../../../ui/console/parts.tsx'

export const Passkeys = (props: {
  passkeys: readonly PasskeyRow[]
  timezone: string
  /** Whether the sign-in is fresh. */
  mayAdd: boolean
  /** Whether the role cannot sign in without one. */
  isNeeded: boolean
}) => (
  <section class="panel">
    <h2>Passkeys</h2>
    <p class="soft">{aboutPasskeys(props)}</p>
    {props.passkeys.map((passkey) => (
      <Passkey passkey={passkey} timezone={props.timezone} />
    ))}
    {props.mayAdd ? (
      <AddPasskey />
    ) : (
      <p class="small">
        Adding or removing a passkey needs a sign-in of the last {freshMinutes} minutes.{' '}
        <a href="/console/again?for=you">Sign in again</a>
      </p>
    )}
    <p class="small" data-no-passkeys="">
      Adding a passkey needs JavaScript and a browser that supports passkeys. Signing in with a link sent by
      email needs neither.
    </p>
    <p id="passkey-says" class="fault" role="status" />
  </section>
)

const aboutPasskeys = ({ passkeys, isNeeded }: { passkeys: readonly PasskeyRow[]; isNeeded: boolean }) => {
  if (isNeeded)
    return 'Your role signs in with a passkey only; a link by email does not suffice. Add a second one on another device, in case you lose the first.'
  return passkeys.length === 0
    ? 'You have no passkeys yet, so you sign in with a link sent by email. A passkey is faster and protects against phishing.'
    : 'A passkey lets you sign in without an email.'
}

const Passkey = ({ passkey, timezone }: { passkey: PasskeyRow; timezone: string }) => (
  <div class="page-head">
    <p>
      <strong>{passkey.name}</strong>
      <br />
      <span class="small">
        added <Time at={passkey.createdAt} timezone={timezone} />
        {passkey.lastUsedAt === null ? ', not used yet' : ', last used '}
        {passkey.lastUsedAt !== null && <Time at={passkey.lastUsedAt} timezone={timezone} />}
      </span>
    </p>
    <div class="actions">
      <Act
        action="/console/settings/passkeys/remove"
        label="Remove"
        weight="quiet"
        fields={{ id: passkey.id }}
      />
    </div>
  </div>
)

const AddPasskey = () => (
  <div class="stack" data-passkeys="" hidden>
    <div class="field">
      <label class="label" for="passkey-name">
        Device name
      </label>
      <input class="input" id="passkey-name" data-passkey-name="" maxlength={60} value="This device" />
    </div>
    <button
      type="button"
      class="button button-quiet"
      data-passkey="/console/settings/passkeys/options"
      data-to="/console/settings/passkeys"
      aria-describedby="passkey-says"
    >
      Add passkey
    </button>
  </div>
)
