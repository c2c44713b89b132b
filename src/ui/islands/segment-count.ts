// client · recounts a segment after a pause in typing, and swaps value controls to fit their comparison
const pauseMilliseconds = 600
const form = document.querySelector<HTMLFormElement>('form[data-segment]')
const asked = { at: 0, timer: 0 }

form?.addEventListener('input', () => {
  clearTimeout(asked.timer)
  asked.timer = window.setTimeout(() => void countAgain(form), pauseMilliseconds)
})

async function countAgain(from: HTMLFormElement): Promise<void> {
  asked.at += 1
  const mine = asked.at
  const body = new URLSearchParams()
  for (const [name, value] of new FormData(from)) if (typeof value === 'string') body.append(name, value)
  // Unlike the Count button this marks nothing as wrong: somebody is typing.
  body.set('do', 'recount')
  try {
    const answer = await fetch(from.action, { method: 'POST', body })
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    if (mine === asked.at) take(page)
  } catch {
    // The Count button still works.
  }
}

/** Replaces the count and the controls whose kind changed; other controls keep what is being typed. */
function take(page: Document): void {
  const counted = page.getElementById('count')
  if (counted !== null) document.getElementById('count')?.replaceChildren(...counted.childNodes)
  for (const slot of document.querySelectorAll<HTMLElement>('[id^="slot-"]')) {
    const next = page.getElementById(slot.id)
    if (next !== null && next.dataset['kind'] !== slot.dataset['kind']) slot.replaceWith(next)
  }
}
