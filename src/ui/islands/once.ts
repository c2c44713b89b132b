// client · a form is sent once: a second press before the answer does nothing
const againMilliseconds = 5000
const sent = new WeakSet<HTMLFormElement>()

document.addEventListener('submit', (event) => {
  const { target, submitter } = event
  if (!(target instanceof HTMLFormElement) || target.method !== 'post' || event.defaultPrevented) return
  // An answer that goes into a frame leaves the page as it is.
  if (submitter instanceof HTMLButtonElement && submitter.formTarget !== '') return
  if (sent.has(target)) return event.preventDefault()
  sent.add(target)
  // Where the answer was stopped, the form can be sent again.
  setTimeout(() => sent.delete(target), againMilliseconds)
})

// Back shows the page as it was left, to be sent anew.
window.addEventListener('pageshow', () => {
  for (const form of document.forms) sent.delete(form)
})
