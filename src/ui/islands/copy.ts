// client · a button that copies a text of the page; without it the text can be selected by hand

/** `data-copy`: the id of the element whose text is copied. The result is shown in the element that describes the button. */
for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copy]')) {
  button.hidden = navigator.clipboard === undefined
  button.addEventListener('click', () => void copy(button))
}

async function copy(button: HTMLButtonElement): Promise<void> {
  const says = document.getElementById(button.getAttribute('aria-describedby') ?? '')
  const say = (sentence: string): void => {
    if (says !== null) says.textContent = sentence
  }
  try {
    await navigator.clipboard.writeText(
      document.getElementById(button.dataset['copy'] ?? '')?.textContent ?? '',
    )
    say('Copied.')
  } catch {
    say('Your browser did not allow copying. Select the text and copy it by hand.')
  }
}
