// client · presses Preview after a pause in typing, saves a draft after a longer one, inserts merge fields at the cursor, warns before unsaved text is lost
const pauseMs = 600
/** Long enough that a sentence is one save. */
const saveMs = 4000

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-writing]')) {
  const press = form.querySelector<HTMLButtonElement>('button[data-preview]')
  const body = form.querySelector<HTMLTextAreaElement>('textarea[name=body]')
  if (press !== null && body !== null) live(form, press, body)
}

/** Into the text where the cursor last was, subject and preview text included; at the end of the body before that. */
function insertAtCursor(form: HTMLFormElement, body: HTMLTextAreaElement): void {
  let last: HTMLInputElement | HTMLTextAreaElement | null = null
  form.addEventListener('focusin', ({ target }) => {
    if (target === body) last = body
    else if (target instanceof HTMLInputElement && target.type === 'text') last = target
  })
  for (const button of form.querySelectorAll<HTMLButtonElement>('button[data-insert]')) {
    button.hidden = false
    button.addEventListener('click', () => {
      const { insert = '' } = button.dataset
      const into = last ?? body
      const end = into.value.length
      const [from, to] = last === null ? [end, end] : [into.selectionStart ?? end, into.selectionEnd ?? end]
      into.setRangeText(insert, from, to, 'end')
      into.dispatchEvent(new Event('input', { bubbles: true }))
      into.focus()
    })
  }
}

function live(form: HTMLFormElement, press: HTMLButtonElement, body: HTMLTextAreaElement): void {
  let timer = 0
  let isUnsaved = form.dataset['writing'] === 'unsaved'
  const soon = (): void => {
    clearTimeout(timer)
    timer = window.setTimeout(() => press.click(), pauseMs)
  }
  form.addEventListener('input', (event) => {
    const { target } = event
    const isLook = target instanceof HTMLInputElement && ['as', 'missing'].includes(target.name)
    isUnsaved ||= !isLook
    if (isLook) press.click()
    else soon()
  })
  form.addEventListener('submit', (event) => {
    clearTimeout(timer)
    if (event.submitter !== press) isUnsaved = false
  })
  window.addEventListener('beforeunload', (event) => {
    if (isUnsaved) event.preventDefault()
  })
  autosave(form, {
    isUnsaved: () => isUnsaved,
    mark: (unsaved) => {
      isUnsaved = unsaved
    },
  })
  insertAtCursor(form, body)
  // Preview text that the form already holds (kept, or from a refused save). Wait for the frame's first page, which could
  // otherwise load later and replace this preview.
  const first = (): void => {
    if (body.value.trim() !== '') press.click()
  }
  if (document.readyState === 'complete') first()
  else window.addEventListener('load', first, { once: true })
}

/**
 * Saves the draft as its button would, without leaving the page. The first save of a new campaign turns the form into that of the
 * saved one. A refusal ends it: the buttons say the rest, such as what a colleague saved meanwhile.
 */
function autosave(
  form: HTMLFormElement,
  state: { isUnsaved: () => boolean; mark: (unsaved: boolean) => void },
): void {
  const said = form.querySelector('output[data-autosaved]')
  if (form.dataset['autosave'] === undefined || said === null) return
  let timer = 0
  let waiting: Promise<void> | null = null
  let isOver = false

  const save = async (): Promise<void> => {
    const written = new URLSearchParams()
    for (const [name, value] of new FormData(form)) if (typeof value === 'string') written.append(name, value)
    written.set('then', 'autosave')
    // Typing while the answer is on its way is unsaved again.
    state.mark(false)
    try {
      const answer = await fetch(form.action, { method: 'POST', body: written, redirect: 'error' })
      if (!answer.ok) return end(await answer.json())
      take(await answer.json())
    } catch {
      end({})
    }
  }
  const take = ({ href, version }: { href: string; version: number }): void => {
    if (!form.action.endsWith(href)) {
      form.action = href
      history.replaceState(null, '', href)
      form.querySelector('input[name=once]')?.remove()
    }
    const field = form.querySelector<HTMLInputElement>('input[name=version]') ?? versionField()
    field.value = String(version)
    said.textContent = `Draft saved at ${new Date().toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })}.`
  }
  const versionField = (): HTMLInputElement => {
    const field = document.createElement('input')
    field.type = 'hidden'
    field.name = 'version'
    form.prepend(field)
    return field
  }
  const end = ({ message }: { message?: string }): void => {
    isOver = true
    state.mark(true)
    said.textContent = `Not saved by itself: ${message ?? 'the server did not answer, or you are signed out.'} Press Save.`
  }
  const soon = (): void => {
    clearTimeout(timer)
    timer = window.setTimeout(() => {
      if (isOver || !state.isUnsaved()) return
      if (waiting !== null) return soon()
      waiting = save().finally(() => {
        waiting = null
      })
    }, saveMs)
  }
  form.addEventListener('input', soon)
  // A save on its way answers first: it may be what makes the campaign.
  form.addEventListener('submit', (event) => {
    clearTimeout(timer)
    const { submitter } = event
    if (waiting === null || (submitter instanceof HTMLButtonElement && submitter.formTarget !== '')) return
    event.preventDefault()
    void waiting.then(() => (submitter instanceof HTMLElement ? submitter.click() : form.submit()))
  })
}
