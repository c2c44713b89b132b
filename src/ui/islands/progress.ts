// client · looks every two seconds how far a campaign got, for as long as it moves
const beatMs = 2000

beat()

function beat(): void {
  const panel = document.getElementById('progress')
  const again = panel?.dataset['again']
  if (panel !== null && again !== undefined) setTimeout(() => void look(panel, again), beatMs)
}

/** Buttons and figures belong to a state: once that moves on, the whole page is read again. */
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
