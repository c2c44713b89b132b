// web · /console/lists/{list}: the list page; archiving and reopening
import { Hono } from 'hono'
import { actorOf, type ConsoleEnv, frameOf, screen } from '../../auth/console.tsx'
import { operatorMay } from '../../auth/operators/operator.ts'
import { titleOf } from '../../campaigns/title.ts'
import { countGrants, countPeople, nobody } from '../../consent/count-people.ts'
import { archiveList, reopenList } from '../../lists/archive.ts'
import { campaignsUnderWay, latestCampaigns } from '../../lists/find.ts'
import { findProcessorAnswers } from '../../lists/find-processors.ts'
import { isAnyUnknown } from '../../lists/processors.ts'
import { findFormNotes } from '../../signup/form-notes.ts'
import { ConsolePage } from '../../ui/console/console.tsx'
import { count, LinkButton, PageHead, Said, SubmitButton } from '../../ui/console/parts.tsx'
import { stateOf } from '../campaigns/words.ts'
import { ListView } from './list-view.tsx'
import { listAsked, pathOf, peopleHref } from './load-list.ts'
import { doneWords } from './words.ts'

/** Campaigns shown on the list page. */
const maxCampaigns = 5

export const listRoutes = new Hono<ConsoleEnv>()

listRoutes.get('/lists/:list', async (c) => {
  const list = await listAsked(c, 'lists.read')
  const { operator } = c.var.session
  const [people, grants, campaigns, formNotes, answers] = await Promise.all([
    countPeople(c.env.db, [list.number]),
    countGrants(c.env.db, list.number),
    latestCampaigns(c.env.db, list.number, maxCampaigns),
    findFormNotes(c.env, list),
    findProcessorAnswers(c.env.db),
  ])
  const done = c.req.query('done') ?? ''
  return screen(
    c,
    200,
    <ConsolePage frame={frameOf(c)} section="lists" title={list.name}>
      <ListView
        list={list}
        people={people.get(list.number) ?? nobody}
        grants={grants}
        formNotes={formNotes}
        recipientsUnknown={isAnyUnknown(c.env.config, answers)}
        path={pathOf(list)}
        publicUrl={c.env.config.publicUrl}
        timezone={operator.timezone}
        done={Object.hasOwn(doneWords, done) ? doneWords[done] : undefined}
        mayWrite={operatorMay(operator, 'lists.write', list.number)}
        campaigns={operatorMay(operator, 'campaigns.read', list.number) ? campaigns : null}
        mayWriteCampaigns={operatorMay(operator, 'campaigns.write', list.number)}
        peopleHref={(state) => peopleHref(operator.role, list, state)}
      />
    </ConsolePage>,
  )
})

listRoutes.get('/lists/:list/archive', async (c) => {
  const list = await listAsked(c, 'lists.write')
  if (list.archivedAt !== null) return c.redirect(pathOf(list), 303)
  const [people, underWay] = await Promise.all([
    countPeople(c.env.db, [list.number]),
    campaignsUnderWay(c.env.db, list.number),
  ])
  const { states } = people.get(list.number) ?? nobody
  const title = `Archive ${list.name}?`
  return screen(
    c,
    200,
    <ConsolePage frame={frameOf(c)} section="lists" title={title}>
      <PageHead title={title} crumb={{ label: list.name, href: pathOf(list) }} />
      <section class="panel narrow">
        <ul class="bullets">
          <li>The form closes: its page and the forms on other sites answer that the list does not exist.</li>
          <li>
            No campaign can be sent to it. {active(states.active ?? 0)} Scheduled campaigns become drafts
            again.
          </li>
          <li>
            Consents, their proof and the notices are kept. People can still unsubscribe.{' '}
            {waiting(states.pending ?? 0)}
          </li>
          <li>You can reopen it at any time.</li>
        </ul>
        {underWay.length > 0 ? (
          <Said tone="warn">
            This list cannot be archived while campaigns are in progress. Wait until they finish, or cancel
            them.
            <ul class="bullets">
              {underWay.map(({ id, subject, state }) => (
                <li>
                  <a href={`/console/campaigns/${id}`}>{titleOf(subject)}</a>: {stateOf(state).word}
                </li>
              ))}
            </ul>
          </Said>
        ) : (
          <form method="post" action={`${pathOf(list)}/archive`} class="actions">
            <SubmitButton weight="danger">Archive list</SubmitButton>
            <LinkButton href={pathOf(list)} weight="quiet">
              Keep open
            </LinkButton>
          </form>
        )}
      </section>
    </ConsolePage>,
  )
})

const active = (people: number): string =>
  people === 0
    ? 'Nobody is active on this list.'
    : `${count(people)} active ${people === 1 ? 'person gets' : 'people get'} no more emails from it.`

const waiting = (people: number): string =>
  people === 0
    ? 'Nobody is awaiting confirmation.'
    : `${count(people)} ${people === 1 ? 'person who has' : 'people who have'} not confirmed yet can still do so.`

listRoutes.post('/lists/:list/archive', async (c) => {
  const list = await listAsked(c, 'lists.write')
  await archiveList(c.env, actorOf(c), list)
  return c.redirect(`${pathOf(list)}?done=archived`, 303)
})

listRoutes.post('/lists/:list/reopen', async (c) => {
  const list = await listAsked(c, 'lists.write')
  await reopenList(c.env, actorOf(c), list)
  return c.redirect(`${pathOf(list)}?done=reopened`, 303)
})
