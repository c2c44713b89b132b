// view · what may be put into a text for each person, and what it gives

import { localised } from '../../../i18n/locale.ts'
import type { List } from '../../../lists/list.ts'
import { sampleAddress, sampleFields } from '../../../preflight/sample.ts'

interface MergeField {
  readonly code: string
  readonly gives: string
}

/** The two links can be left out: the foot of the mail has them where the text has not. */
const mergeFieldsOf = (list: List): readonly MergeField[] => {
  const samples = sampleFields(list, list.default_locale)
  return [
    ...list.fields.map(({ key, label }) => ({
      code: /name/.test(key) ? `{{ subscriber.${key} | default: "friend" }}` : `{{ subscriber.${key} }}`,
      gives: `${localised(label, 'en', list.default_locale)}, for instance ${String(samples[key])}`,
    })),
    { code: '{{ subscriber.email }}', gives: `Their address, for instance ${sampleAddress}` },
    { code: '{{ list.name }}', gives: list.name },
    { code: '{{ unsubscribe_url }}', gives: 'The link by which this person leaves' },
    { code: '{{ preferences_url }}', gives: 'The link to what this person chose' },
  ]
}

export const MergeFields = ({ list }: { list: List }) => (
  <details class="merge-fields">
    <summary>What can be put in for each person</summary>
    <dl>
      {mergeFieldsOf(list).map(({ code, gives }) => (
        <div>
          <dt>
            <code>{code}</code>
          </dt>
          <dd>
            {gives}
            <button type="button" class="button button-quiet" data-insert={code} hidden>
              Put it in<span class="hidden-words">: {code}</span>
            </button>
          </dd>
        </div>
      ))}
    </dl>
    <p class="small">
      Words that only some shall read stand between{' '}
      <code>{`{% if subscriber.${list.fields[0]?.key ?? 'email'} %}`}</code> and <code>{'{% endif %}'}</code>.
    </p>
  </details>
)
