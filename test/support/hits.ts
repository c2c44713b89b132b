// client · hit tests: whether each control of a page is hit where it is visible, and nowhere else

export interface Hits {
  /** Controls checked. */
  readonly controls: number
  /** Row links that open a whole row. */
  readonly rows: number
  /** One sentence each. */
  readonly faults: readonly string[]
}

/** Steps per evaluation: few enough that no engine takes the page for hung. */
const stepsAtOnce = 200

/** An expression for `evaluate`: runs part of the check, and is repeated until it returns a result. */
export const hitsOfPage = `(() => {
  window.examination ??= (${examine.toString()})()
  for (let step = 0; step < ${stepsAtOnce}; step += 1) {
    const { done, value } = window.examination.next()
    if (!done) continue
    delete window.examination
    return value
  }
  return null
})()`

/** Self-contained, because its text runs in the page. One step is one control, one cell, or one line of points. */
function* examine(): Generator<undefined, Hits> {
  const kinds = 'a[href], button, input, select, textarea, summary, label'
  const faults = new Set<string>()
  const wordsOf = (one: Element): string => {
    const words = (one.getAttribute('aria-label') ?? one.textContent ?? '').trim().replace(/\s+/g, ' ')
    const [kind = ''] = one.className.split(' ')
    return `<${one.localName}${kind === '' ? '' : ` .${kind}`}> “${words.slice(0, 40)}”`
  }
  const isIn = (box: DOMRect, x: number, y: number, by: number): boolean =>
    x >= box.left - by && x <= box.right + by && y >= box.top - by && y <= box.bottom + by

  /** Whether an element can be scrolled into view: neither collapsed nor visually hidden for assistive technology. */
  const isSeen = (one: Element): boolean => {
    // Checked first: asking for the box of a collapsed element would force layout.
    if (!one.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true })) return false
    const box = one.getBoundingClientRect()
    return (
      one.closest('[inert]') === null &&
      getComputedStyle(one).clipPath !== 'inset(50%)' &&
      box.width > 1 &&
      box.height > 1 &&
      box.right + scrollX > 0 &&
      box.bottom + scrollY > 0
    )
  }
  const show = (one: Element): void => {
    const { top, bottom, left, right } = one.getBoundingClientRect()
    const isWhole = top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth
    const scroller = one.closest('.table-frame, .rail nav, .rail')
    if (!isWhole || (scroller !== null && scroller.scrollWidth > scroller.clientWidth))
      one.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' })
  }
  const controls = [...document.querySelectorAll<HTMLElement>(kinds)].filter(isSeen)

  /** Whether a press on `hit` acts on the control. */
  const isOf = (control: HTMLElement, hit: Element): boolean => {
    if (control.contains(hit)) return true
    if (control instanceof HTMLLabelElement) return control.control?.contains(hit) === true
    return 'labels' in control && control.labels instanceof NodeList
      ? [...control.labels].some((label) => label.contains(hit))
      : false
  }
  for (const control of controls) {
    yield
    // Each line of a wrapped link is a box of its own.
    for (let nth = 0; nth < control.getClientRects().length; nth += 1) {
      show(control)
      const box = control.getClientRects()[nth]
      if (box === undefined || box.width < 4 || box.height < 4) continue
      const [x, y] = [box.left + box.width / 2, box.top + box.height / 2]
      const middle = document.elementFromPoint(x, y)
      if (middle === null || !isOf(control, middle))
        faults.add(
          `${wordsOf(control)} is not hit in its middle: ${middle === null ? 'nothing' : wordsOf(middle)}`,
        )
      for (const [right, down] of [
        [box.left + 2, y],
        [box.right - 2, y],
        [x, box.top + 2],
        [x, box.bottom - 2],
      ] as const) {
        const hit = document.elementFromPoint(right, down)?.closest(kinds) ?? null
        if (hit !== null && !isOf(control, hit) && !hit.contains(control))
          faults.add(`${wordsOf(hit)} lies over the edge of ${wordsOf(control)}`)
      }
    }
  }

  for (const cell of document.querySelectorAll('td')) {
    yield
    if (!isSeen(cell)) continue
    const [outer, inside] = [cell.getBoundingClientRect(), document.createRange()]
    inside.selectNodeContents(cell)
    const { right, bottom, width } = inside.getBoundingClientRect()
    const { paddingRight, paddingBottom } = getComputedStyle(cell)
    const room = {
      right: outer.right - Number.parseFloat(paddingRight),
      bottom: outer.bottom - Number.parseFloat(paddingBottom),
    }
    if (width > 0 && (right > room.right + 2 || bottom > room.bottom + 2))
      faults.add(`${wordsOf(cell)} has more in it than it has room for`)
  }

  const rows = [...document.querySelectorAll<HTMLElement>('.row-link')].filter(isSeen)
  for (const link of rows)
    for (const cell of link.closest('tr')?.cells ?? []) {
      yield
      const box = cell.getBoundingClientRect()
      if (box.width < 4 || box.height < 4) continue
      show(cell)
      const { left, top, width, height } = cell.getBoundingClientRect()
      const hit = document.elementFromPoint(left + width / 2, top + height / 2)?.closest(kinds)
      if (hit !== link && !cell.contains(hit ?? null))
        faults.add(
          `a cell of the row ${wordsOf(link)} does not open it: ${hit == null ? 'nothing' : wordsOf(hit)}`,
        )
    }

  // Whether a point lies within the control's own boxes; a row link has its whole row.
  const isWithin = (control: Element, x: number, y: number): boolean => {
    const row = control.matches('.row-link') ? control.closest('tr') : null
    return [...control.getClientRects(), ...(row?.getClientRects() ?? [])].some((box) => isIn(box, x, y, 2))
  }
  // The first six windows of a very long page; the rest is more of the same.
  const end = Math.min(document.documentElement.scrollHeight, 6 * innerHeight)
  for (let top = 0; top < end; top += innerHeight) {
    scrollTo({ top, left: 0, behavior: 'instant' })
    for (let y = 4; y < innerHeight; y += 16) {
      yield
      for (let x = 4; x < innerWidth; x += 24) {
        const hit = document.elementFromPoint(x, y)
        const control = hit?.closest(kinds) ?? null
        if (control !== null && hit === control && !isWithin(control, x, y))
          faults.add(`${wordsOf(control)} is pressed far beside it`)
      }
    }
  }
  scrollTo({ top: 0, left: 0, behavior: 'instant' })
  return { controls: controls.length, rows: rows.length, faults: [...faults] }
}
