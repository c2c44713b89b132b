// client · ticking a list chooses "only these lists", choosing "all lists" unticks them; the server refuses the two together

for (const group of document.querySelectorAll<HTMLElement>('[data-reach]')) {
  const boxes = group.querySelectorAll<HTMLInputElement>('input[type=checkbox]')
  const some = group.querySelector<HTMLInputElement>('input[type=radio][value=some]')
  group.addEventListener('change', ({ target }) => {
    if (!(target instanceof HTMLInputElement) || !target.checked) return
    if (target.type === 'checkbox' && some !== null) some.checked = true
    if (target.type === 'radio' && target.value === 'all') for (const box of boxes) box.checked = false
  })
}
