// client · the two passkey ceremonies: registration and sign-in; without it operators sign in by mail
import { browserSupportsWebAuthn, startAuthentication, startRegistration } from '@simplewebauthn/browser'

const isAble = browserSupportsWebAuthn()

// Show the passkey controls if the browser supports passkeys, else the explanation.
for (const one of document.querySelectorAll<HTMLElement>('[data-passkeys]')) one.hidden = !isAble
for (const one of document.querySelectorAll<HTMLElement>('[data-no-passkeys]')) one.hidden = isAble

/** `data-passkey`: the URL of the challenge; `data-to`: the URL of the answer. */
for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-passkey]'))
  button.addEventListener('click', () => void hold(button))

async function hold(button: HTMLButtonElement): Promise<void> {
  const { passkey = '', to = '' } = button.dataset
  const says = document.getElementById(button.getAttribute('aria-describedby') ?? '')
  const say = (sentence: string): void => {
    if (says !== null) says.textContent = sentence
  }
  button.disabled = true
  say('')
  try {
    const asked = await post(passkey, {})
    const optionsJSON = await asked.json()
    if (!asked.ok) return say(optionsJSON.title)
    const answer =
      optionsJSON.user === undefined
        ? await startAuthentication({ optionsJSON })
        : await startRegistration({ optionsJSON })
    const name = document.querySelector<HTMLInputElement>('input[data-passkey-name]')?.value ?? ''
    const answered = await post(to, { name, answer })
    const said = await answered.json()
    if (answered.ok) location.assign(said.to)
    else say(said.title)
  } catch {
    say('That did not work. Try again, or sign in with a link sent by email.')
  } finally {
    button.disabled = false
  }
}

const post = (to: string, body: unknown): Promise<Response> =>
  fetch(to, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
