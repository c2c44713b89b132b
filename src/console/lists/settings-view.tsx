// view · the settings of a list in words
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
      <h2 id="h-settings">Settings</h2>
      <dl class="facts">
        <dt>Page</dt>
        <dd>
          {list.archivedAt === null ? (
            <a href={`/s/${list.slug}`}>
              {publicUrl}/s/{list.slug}
            </a>
          ) : (
            `${publicUrl}/s/${list.slug} (closed)`
          )}
        </dd>
        <dt>Languages</dt>
        <dd>
          {languagesInWords(list.locales)}
          {list.locales.length > 1 && `; default: ${languageNames[list.default_locale]}`}
        </dd>
        <dt>Current notices</dt>
        <dd>
          {list.locales.map((locale, at) => (
            <>
              {at > 0 && ', '}
              <a href={`/n/${list.notices[locale] ?? ''}`}>{languageNames[locale]}</a>
            </>
          ))}
        </dd>
        <dt>Sender</dt>
        <dd>
          {sender.name}, {sender.email}
          {sender.reply_to !== null && `; replies to ${sender.reply_to}`}
        </dd>
        <dt>Controller</dt>
        <dd>
          {[controller.name, ...controller.address.split('\n'), controller.contact_email].join(', ')}
          {controller.dpo_email !== null && `; data protection officer ${controller.dpo_email}`}
        </dd>
        <dt>Law</dt>
        <dd>
          {countryWords(controller.jurisdiction)}
          {controller.authority !== null && `; authority: ${controller.authority}`}
          {controller.representative !== null &&
            `; representative in the Union: ${controller.representative}`}
        </dd>
        <dt>Further recipients of the data</dt>
        <dd>
          {list.recipients.length === 0
            ? 'none'
            : list.recipients.map(({ name, country }) => `${name} (${countryWords(country)})`).join(', ')}
        </dd>
        <dt>Confirmation</dt>
        <dd>{confirmWords(list)}</dd>
        <dt>Time zone</dt>
        <dd>{list.timezone ?? 'the default of the sending rules'}</dd>
        <dt>Minimum age</dt>
        <dd>{ageWords(list.minimum_age)}</dd>
        <dt>IP address and browser</dt>
        <dd>{ipWords[list.ip_storage]}</dd>
        <dt>Data retention</dt>
        <dd>{retentionWords(list)}</dd>
        <dt>Created</dt>
        <dd>
          <Time at={list.createdAt} timezone={timezone} />
        </dd>
      </dl>
    </section>
  )
}
