// client · presses Preview after a pause in typing, inserts merge fields at the cursor, warns before unsaved text is lost
const pauseMs = 600

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
  insertAtCursor(form, body)
  // Preview text that the form already holds (kept, or from a refused save). Wait for the frame's first page, which could
  // otherwise load later and replace this preview.
  const first = (): void => {
    if (body.value.trim() !== '') press.click()
  }
  if (document.readyState === 'complete') first()
  else window.addEventListener('load', first, { once: true })
}
