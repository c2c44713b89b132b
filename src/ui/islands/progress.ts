// client · refreshes the progress panel every two seconds while a campaign moves
const beatMs = 2000

beat()

function beat(): void {
  const panel = document.getElementById('progress')
  const again = panel?.dataset['again']
  if (panel !== null && again !== undefined) setTimeout(() => void look(panel, again), beatMs)
}

/** Replaces the panel, or reloads the page when the state changed, since its buttons and figures depend on the state. */
async function look(panel: HTMLElement, again: string): Promise<void> {
  try {
    const answer = await fetch(again, { redirect: 'error' })
    if (!answer.ok) return
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('progress')
    if (fresh === null) return
    if (fresh.dataset['state'] !== panel.dataset['state']) location.replace(location.pathname)
    else panel.replaceWith(fresh)
  } catch {
    // The next beat tries again.
  }
  beat()
}
