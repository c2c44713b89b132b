// view · the merge fields of a list, with a sample value for each

import { localised } from '../../../i18n/locale.ts'
import type { List } from '../../../lists/list.ts'
import { sampleAddress, sampleFields } from '../../../preflight/sample.ts'

interface MergeField {
  readonly code: string
  readonly gives: string
}

/** The two links are optional: the footer adds any that the text lacks. */
const mergeFieldsOf = (list: List): readonly MergeField[] => {
  const samples = sampleFields(list, list.default_locale)
  return [
    ...list.fields.map(({ key, label }) => ({
      code: /name/.test(key) ? `{{ subscriber.${key} | default: "friend" }}` : `{{ subscriber.${key} }}`,
      gives: `${localised(label, 'en', list.default_locale)} (for example ${String(samples[key])})`,
    })),
    { code: '{{ subscriber.email }}', gives: `Email address (for example ${sampleAddress})` },
    { code: '{{ list.name }}', gives: list.name },
    { code: '{{ unsubscribe_url }}', gives: 'This person’s unsubscribe link' },
    { code: '{{ preferences_url }}', gives: 'The link to this person’s preferences' },
  ]
}

export const MergeFields = ({ list }: { list: List }) => (
  <details class="merge-fields">
    <summary>Personalise</summary>
    <dl>
      {mergeFieldsOf(list).map(({ code, gives }) => (
        <div>
          <dt>
            <code>{code}</code>
          </dt>
          <dd>
            {gives}
            <button type="button" class="button button-quiet" data-insert={code} hidden>
              Insert<span class="hidden-words">: {code}</span>
            </button>
          </dd>
        </div>
      ))}
    </dl>
    <p class="small">
      Show text only to some people:{' '}
      <code>{`{% if subscriber.${list.fields[0]?.key ?? 'email'} %}…{% endif %}`}</code>
    </p>
  </details>
)
