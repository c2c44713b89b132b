// pure · a sign-up form as plain HTML for any site, in the words of the notice in force. GDPR Art. 7(2), 13
import { messages } from '../../i18n/messages.ts'
import type { NoticeControl, ShownNotice } from '../../notices/notice.ts'
import { honeypotName, shownNoticeName } from '../form.ts'

/**
 * `action`: URL of the list's page; `noticeUrl`: URL of the whole notice. Both are absolute. Each sign-up records `notice`, the hash of
 * the notice whose words the form has, and `source`, where the form stands.
 */
export function formSnippet(
  notice: ShownNotice,
  to: { action: string; noticeUrl: string; notice: string; source: string },
): string {
  const { form, lang } = notice
  return [
    `<form method="post" action="${escaped(to.action)}" accept-charset="utf-8" lang="${lang}">`,
    `  <input type="hidden" name="locale" value="${lang}">`,
    `  <input type="hidden" name="${shownNoticeName}" value="${escaped(to.notice)}">`,
    `  <input type="hidden" name="source" value="${escaped(to.source)}">`,
    ...form.controls.flatMap(controlLines).map((line) => `  ${line}`),
    '  <p>',
    ...form.short_notice.map((sentence) => `    ${escaped(sentence)}`),
    `    <a href="${escaped(to.noticeUrl)}">${escaped(form.details)}</a>`,
    '  </p>',
    // The honeypot, filled by bots alone; its label tells people to leave it empty.
    '  <p hidden>',
    `    <label>${escaped(messages(lang).signup.honeypot)} <input name="${honeypotName}" tabindex="-1" autocomplete="off"></label>`,
    '  </p>',
    `  <p><button type="submit">${escaped(form.submit)}</button></p>`,
    '</form>',
  ].join('\n')
}

function controlLines(control: NoticeControl): readonly string[] {
  const { name, type, value, label, mark, hint, required } = control
  const words = escaped(mark === null ? label : `${label} (${mark})`)
  const below = hint === null ? [] : [`  <br>${escaped(hint)}`]
  const needed = required ? ' required' : ''
  switch (type) {
    case 'checkbox':
      return [
        '<p>',
        `  <label><input type="checkbox" name="${name}" value="${escaped(value ?? 'true')}"> ${words}</label>`,
        ...below,
        '</p>',
      ]
    case 'select':
      return [
        '<p>',
        `  <label>${words}<br>`,
        `  <select name="${name}"${needed}>`,
        ...control.options.map(
          (option) => `    <option value="${escaped(option.value)}">${escaped(option.label)}</option>`,
        ),
        '  </select></label>',
        ...below,
        '</p>',
      ]
    case 'email':
      return boxLines(`type="email" name="email" autocomplete="email"${needed}`, words, below)
    case 'number':
      return boxLines(`name="${name}" inputmode="decimal"${needed}`, words, below)
    case 'date':
    case 'text':
      return boxLines(`type="${type}" name="${name}"${needed}`, words, below)
  }
}

const boxLines = (attributes: string, words: string, below: readonly string[]): readonly string[] => [
  '<p>',
  `  <label>${words}<br>`,
  `  <input ${attributes}></label>`,
  ...below,
  '</p>',
]

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
