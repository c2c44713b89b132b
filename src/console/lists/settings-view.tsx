// view · the settings of a list in readable words
import type { List } from '../../lists/list.ts'
import { Time } from '../../ui/console/parts.tsx'
import {
  ageWords,
  confirmWords,
  countryWords,
  ipWords,
  languageNames,
  languagesInWords,
  retentionWords,
} from './words.ts'

export const ListSettings = (props: { list: List; publicUrl: string; timezone: string }) => {
  const { list, publicUrl, timezone } = props
  const { sender, controller } = list
  return (
    <section class="panel" aria-labelledby="h-settings">
      <h2 id="h-settings">How it is set</h2>
      <dl class="facts">
        <dt>Page</dt>
        <dd>
          {list.archivedAt === null ? (
            <a href={`/s/${list.slug}`}>
              {publicUrl}/s/{list.slug}
            </a>
          ) : (
            `${publicUrl}/s/${list.slug}, closed`
          )}
        </dd>
        <dt>Languages</dt>
        <dd>
          {languagesInWords(list.locales)}
          {list.locales.length > 1 && `; ${languageNames[list.default_locale]} where none of them fits`}
        </dd>
        <dt>Notices in force</dt>
        <dd>
          {list.locales.map((locale, at) => (
            <>
              {at > 0 && ', '}
              <a href={`/n/${list.notices[locale] ?? ''}`}>{languageNames[locale]}</a>
            </>
          ))}
        </dd>
        <dt>Sent by</dt>
        <dd>
          {sender.name}, {sender.email}
          {sender.reply_to !== null && `; replies to ${sender.reply_to}`}
        </dd>
        <dt>Answered for by</dt>
        <dd>
          {[controller.name, ...controller.address.split('\n'), controller.contact_email].join(', ')}
          {controller.dpo_email !== null && `; data protection officer ${controller.dpo_email}`}
        </dd>
        <dt>Law</dt>
        <dd>
          {countryWords(controller.jurisdiction)}
          {controller.authority !== null && `; supervised by ${controller.authority}`}
        </dd>
        <dt>Further recipients</dt>
        <dd>
          {list.recipients.length === 0
            ? 'none is named'
            : list.recipients.map(({ name, country }) => `${name} (${countryWords(country)})`).join(', ')}
        </dd>
        <dt>Confirmed</dt>
        <dd>{confirmWords(list)}</dd>
        <dt>Age</dt>
        <dd>{ageWords(list.minimum_age)}</dd>
        <dt>IP address</dt>
        <dd>{ipWords[list.ip_storage]}</dd>
        <dt>Kept</dt>
        <dd>{retentionWords(list)}</dd>
        <dt>Made</dt>
        <dd>
          <Time at={list.createdAt} timezone={timezone} />
        </dd>
      </dl>
    </section>
  )
}
