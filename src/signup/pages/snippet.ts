// pure · a sign-up form as plain HTML for any site, in the words of the notice in force. GDPR Art. 7(2), 13
import { messages } from '../../i18n/messages.ts'
import { personalData } from '../../lists/autocomplete.ts'
import type { NoticeControl, ShownNotice } from '../../notices/notice.ts'
import { honeypotName, shownNoticeName } from '../form.ts'

/**
 * `action`: URL of the list's page; `noticeUrl`: URL of the whole notice. Both are absolute. Each sign-up records `notice`, the hash of
 * the notice whose words the form has, and `source`, where the form stands. The answer takes the whole window,
 * whatever frame the form stands in. `dir` is that of the words, whatever the site's.
 */
export function formSnippet(
  notice: ShownNotice,
  to: { action: string; noticeUrl: string; notice: string; source: string },
): string {
  const { form, lang } = notice
  const idOf = idsFor(to.action)
  return [
    `<form method="post" action="${escaped(to.action)}" target="_top" accept-charset="utf-8" lang="${lang}" dir="ltr">`,
    `  <input type="hidden" name="locale" value="${lang}">`,
    `  <input type="hidden" name="${shownNoticeName}" value="${escaped(to.notice)}">`,
    `  <input type="hidden" name="source" value="${escaped(to.source)}">`,
    ...form.controls.flatMap((control) => controlLines(control, idOf)).map((line) => `  ${line}`),
    '  <p>',
    ...form.short_notice.map((sentence) => `    ${escaped(sentence)}`),
    `    <a href="${escaped(to.noticeUrl)}">${escaped(form.details)}</a>`,
    '  </p>',
    ...honeypotLines(messages(lang).signup.honeypot).map((line) => `  ${line}`),
    `  <p><button type="submit">${escaped(form.submit)}</button></p>`,
    '</form>',
  ].join('\n')
}

/** Filled by bots alone; its label tells people to leave it empty. */
const honeypotLines = (label: string): readonly string[] => [
  `<div hidden aria-hidden="true" style="${unseen}">`,
  `  <label>${escaped(label)} <input name="${honeypotName}" tabindex="-1" autocomplete="off"></label>`,
  '</div>',
]

/**
 * Beside `hidden`, which a theme undoes by a `display` of its own; a site whose policy refuses inline styles still has `hidden`.
 * No offset to a side: pages written from right to left would scroll there.
 */
const unseen = [
  'position:absolute',
  'width:1px',
  'height:1px',
  'margin:-1px',
  'padding:0',
  'border:0',
  'overflow:hidden',
  'clip-path:inset(50%)',
]
  .map((rule) => `${rule}!important`)
  .join(';')

/** Ids of this list's form, apart from those of the page and of another list's form on it. */
function idsFor(action: string): (control: NoticeControl, part: string) => string {
  const form = action.split('/').at(-1) ?? ''
  return ({ name, value }, part) => [form, name, ...(value === null ? [] : [value]), part].join('-')
}

type IdOf = ReturnType<typeof idsFor>

function controlLines(control: NoticeControl, idOf: IdOf): readonly string[] {
  const { name, type, value, label, mark, required } = control
  const words = escaped(mark === null ? label : `${label} (${mark})`)
  const attributes = [
    `name="${name}"`,
    ...(personalData(name) === undefined ? [] : [`autocomplete="${personalData(name)}"`]),
    ...(required ? ['required'] : []),
    ...(control.hint === null ? [] : [`aria-describedby="${idOf(control, 'hint')}"`]),
  ].join(' ')
  const hint = hintLines(control, idOf)
  switch (type) {
    case 'checkbox':
      return [
        '<p>',
        `  <label><input type="checkbox" ${attributes} value="${escaped(value ?? 'true')}"> ${words}</label>`,
        ...hint,
        '</p>',
      ]
    case 'select':
      return [
        '<p>',
        `  <label>${words}<br>`,
        `  <select ${attributes}>`,
        ...control.options.map(
          (option) => `    <option value="${escaped(option.value)}">${escaped(option.label)}</option>`,
        ),
        '  </select></label>',
        ...hint,
        '</p>',
      ]
    case 'email':
      return boxLines(`type="email" ${attributes}`, words, hint)
    case 'number':
      return boxLines(`type="text" ${attributes} inputmode="decimal"`, words, hint)
    case 'date':
    case 'text':
      return boxLines(`type="${type}" ${attributes}`, words, hint)
  }
}

const hintLines = (control: NoticeControl, idOf: IdOf): readonly string[] =>
  control.hint === null ? [] : [`  <br><span id="${idOf(control, 'hint')}">${escaped(control.hint)}</span>`]

const boxLines = (attributes: string, words: string, hint: readonly string[]): readonly string[] => [
  '<p>',
  `  <label>${words}<br>`,
  `  <input ${attributes}></label>`,
  ...hint,
  '</p>',
]

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
