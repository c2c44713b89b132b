// view · one list: people by state, campaigns, purposes, fields, settings
import { titleOf } from '../../campaigns/title.ts'
import type { PeopleOfList } from '../../consent/count-people.ts'
import type { SubscriptionState } from '../../consent/ledger.ts'
import { localised } from '../../i18n/locale.ts'
import type { CampaignToList } from '../../lists/find.ts'
import { type List, ownPurpose, type PurposeKind, whyUnlawful } from '../../lists/list.ts'
import type { FormNotes } from '../../signup/form-notes.ts'
import {
  Act,
  count,
  type Figure,
  Figures,
  LinkButton,
  PageHead,
  RowLink,
  Said,
  State,
  Table,
  Time,
} from '../../ui/console/parts.tsx'
import { stateOf } from '../campaigns/words.ts'
import { FormNotesView } from './form-notes-view.tsx'
import { ListSettings } from './settings-view.tsx'
import { endedStates, keptWords, stateWords, typeWords } from './words.ts'

export interface ListViewProps {
  readonly list: List
  readonly people: PeopleOfList
  readonly grants: ReadonlyMap<string, number>
  readonly formNotes: FormNotes
  /** Whether nobody has said who hosts the deployment or its mail, so that the notice cannot name them. */
  readonly recipientsUnknown: boolean
  readonly path: string
  readonly publicUrl: string
  readonly timezone: string
  readonly done: string | undefined
  readonly mayWrite: boolean
  /** The newest campaigns; null for roles that see none. */
  readonly campaigns: readonly CampaignToList[] | null
  readonly mayWriteCampaigns: boolean
  readonly peopleHref: (state: SubscriptionState) => string | undefined
}

export const ListView = (props: ListViewProps) => {
  const { list, path, done, timezone, mayWrite } = props
  return (
    <>
      <PageHead
        title={list.name}
        crumb={{ label: 'Lists', href: '/console/lists' }}
        about={list.description === '' ? undefined : list.description}
      >
        <Actions {...props} />
      </PageHead>
      {done !== undefined && <Said>{done}</Said>}
      {list.archivedAt !== null && done === undefined && (
        <Said tone="warn">
          Archived <Time at={list.archivedAt} timezone={timezone} />. Its form is closed and no campaigns are
          sent to it. Consents and their proof are kept.
        </Said>
      )}
      {list.archivedAt === null && whyUnlawful(list.controller.jurisdiction) !== null && (
        <Said tone="bad">
          {whyUnlawful(list.controller.jurisdiction)} The form takes no sign-ups and no campaign is sent; what
          was recorded can be read.
        </Said>
      )}
      {list.archivedAt === null && props.recipientsUnknown && (
        <Said tone="warn">
          The notice cannot name everyone who receives the data, because nobody has said who hosts this
          deployment or its mail.{' '}
          <a href="/console/settings/processors">Say so under Settings, Hosting and mail.</a>
        </Said>
      )}
      <FormNotesView notes={props.formNotes} timezone={timezone} />
      <Figures figures={figuresOf(props)} />
      <Campaigns {...props} />
      <Purposes {...props} />
      {list.fields.length > 0 && <Fields list={list} />}
      <ListSettings list={list} publicUrl={props.publicUrl} timezone={timezone} />
      {mayWrite && list.archivedAt === null && (
        <section class="stack">
          <h2>Archive</h2>
          <p class="soft">
            Lists are archived, never deleted: the form closes and no campaigns are sent, but every consent
            and its proof are kept.
          </p>
          <div class="actions">
            <LinkButton href={`${path}/archive`} weight="quiet danger">
              Archive list
            </LinkButton>
          </div>
        </section>
      )}
    </>
  )
}

const Actions = ({ list, path, mayWrite }: ListViewProps) => (
  <>
    <LinkButton href={`${path}/preview`} weight="quiet" icon="eye">
      Preview
    </LinkButton>
    {list.archivedAt !== null && mayWrite && <Act action={`${path}/reopen`} label="Reopen" />}
    {list.archivedAt === null && mayWrite && (
      <LinkButton href={`${path}/edit`} weight="quiet" icon="pencil">
        Edit
      </LinkButton>
    )}
    {list.archivedAt === null && (
      <LinkButton href={`${path}/form`} icon="external-link">
        Share form
      </LinkButton>
    )}
  </>
)

/** Active, pending and withdrawn always; other ended states only when above zero. Each links to its people. */
function figuresOf({ people, peopleHref }: ListViewProps): readonly Figure[] {
  const { states, reachable } = people
  const figure = (state: SubscriptionState, note?: string): Figure => {
    const href = peopleHref(state)
    return {
      label: stateWords[state],
      value: count(states[state] ?? 0),
      ...(href === undefined ? {} : { href }),
      ...(note === undefined ? {} : { note }),
    }
  }
  const actives = states.active ?? 0
  const mute = actives - reachable
  return [
    figure('active', mute === 0 ? undefined : `${count(mute)} of them cannot be emailed now`),
    figure('pending'),
    ...endedStates
      .filter((state) => state === 'withdrawn' || (states[state] ?? 0) > 0)
      .map((state) => figure(state)),
  ]
}

const Campaigns = ({ list, campaigns, mayWriteCampaigns }: ListViewProps) =>
  campaigns === null ? null : (
    <section class="stack">
      <h2>Campaigns</h2>
      {campaigns.length === 0 ? (
        <p class="soft">No campaigns yet.</p>
      ) : (
        <Table
          caption="Newest campaigns"
          columns={[{ label: 'Subject' }, { label: 'State' }]}
          rows={campaigns.map(({ id, subject, state }) => [
            <RowLink href={`/console/campaigns/${id}`}>{titleOf(subject)}</RowLink>,
            <State tone={stateOf(state).tone}>{stateOf(state).word}</State>,
          ])}
        />
      )}
      <div class="actions">
        {mayWriteCampaigns && list.archivedAt === null && (
          <LinkButton href={`/console/campaigns/new?list=${list.slug}`} weight="quiet" icon="pencil">
            New campaign
          </LinkButton>
        )}
        {campaigns.length > 0 && <a href="/console/campaigns">All campaigns</a>}
      </div>
    </section>
  )

const kindWords: Readonly<Record<PurposeKind, string>> = {
  mail: 'Email',
  measure: 'Tracking',
  data: 'Data use',
}

const Purposes = ({ list, people, grants }: ListViewProps) => {
  const actives = people.states.active ?? 0
  return (
    <section class="stack">
      <h2>What people agree to</h2>
      <Table
        caption="Purposes"
        columns={[{ label: 'Purpose' }, { label: 'Kind' }, { label: 'Agreed, of active', number: true }]}
        rows={list.purposes.map((purpose) => [
          <>
            <strong>{localised(purpose.title, list.default_locale, list.default_locale)}</strong>
            <br />
            <span class="small">{localised(purpose.text, list.default_locale, list.default_locale)}</span>
          </>,
          <>
            {kindWords[purpose.kind]}
            {purpose.key !== ownPurpose && (
              <>
                <br />
                <span class="small">separate checkbox</span>
              </>
            )}
          </>,
          `${count(grants.get(purpose.key) ?? 0)} of ${count(actives)}`,
        ])}
      />
    </section>
  )
}

const Fields = ({ list }: { list: List }) => (
  <section class="stack">
    <h2>Fields</h2>
    <Table
      caption="Fields"
      columns={[{ label: 'Field' }, { label: 'Type' }, { label: 'Storage' }, { label: 'Merge field' }]}
      rows={list.fields.map((field) => [
        <>
          <strong>{localised(field.label, list.default_locale, list.default_locale)}</strong>
          <span class="small"> {field.required ? 'required' : 'optional'}</span>
        </>,
        field.type === 'choice'
          ? field.options
              .map(({ label }) => localised(label, list.default_locale, list.default_locale))
              .join(' · ')
          : typeWords[field.type],
        keptWords(field),
        <code>{`{{ subscriber.${field.key} }}`}</code>,
      ])}
    />
  </section>
)
