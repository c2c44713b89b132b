// web · /console/people/{id}/end: an operator withdraws consent at the person's request. GDPR Art. 7(3)
import { Hono } from 'hono'
import { actorOf, type ConsoleContext, type ConsoleEnv, frameOf, screen } from '../../auth/console.tsx'
import { allow } from '../../auth/guard.tsx'
import { subscriptionsOf } from '../../consent/subscriptions-of.ts'
import { withdraw } from '../../consent/withdraw.ts'
import { type List, ownPurpose } from '../../lists/list.ts'
import { notFound } from '../../platform/errors.ts'
import { maskAddress } from '../../subscribers/mask.ts'
import { addressOf } from '../../subscribers/show-address.ts'
import { Checkbox, controlId, ErrorSummary, Hidden, SelectField } from '../../ui/components.tsx'
import { type ConsoleFrame, ConsolePage } from '../../ui/console/console.tsx'
import { LinkButton, PageHead, SubmitButton } from '../../ui/console/parts.tsx'
import { readForm } from '../../ui/read-body.ts'
import { listOfPerson, personSeen, recordPersonRead } from '../people/visible-people.ts'
import { inOrder, purposeTitle, purposeWord } from '../people/words.ts'
import { askedByWays } from './facts.ts'

export const endConsentRoutes = new Hono<ConsoleEnv>()

endConsentRoutes.get('/people/:id/end', async (c) => {
  const about = await aboutOf(c, c.req.param('id'), c.req.query('list') ?? '')
  if (about.granted.length === 0) return c.redirect(`/console/people/${about.id}?done=nothing`, 303)
  return screen(c, 200, <EndPage {...about} chosen={about.granted} />)
})

endConsentRoutes.post('/people/:id/end', async (c) => {
  const sent = await readForm(c)
  const about = await aboutOf(c, c.req.param('id'), sent.get('list')?.[0] ?? '')
  const purposes = sent.get('purpose') ?? []
  const way = Object.keys(askedByWays).find((one) => one === sent.get('asked_by')?.[0])
  const faults = [
    purposes.length === 0 ? [{ name: 'purpose', message: 'Choose at least one consent to withdraw.' }] : [],
    way === undefined ? [{ name: 'asked_by', message: 'Choose how they asked.' }] : [],
  ].flat()
  if (way === undefined || faults.length > 0) {
    await recordPersonRead(c, about.id)
    return screen(c, 422, <EndPage {...about} chosen={purposes} way={way} faults={faults} />)
  }
  const ended = await withdraw(c.env, {
    subscription: about.subscription,
    purposes,
    channel: 'operator',
    actor: actorOf(c),
    askedBy: way,
  })
  return c.redirect(`/console/people/${about.id}?done=${ended.kind}`, 303)
})

async function aboutOf(c: ConsoleContext, id: string, slug: string) {
  allow(c, 'subscribers.write')
  const person = await personSeen(c, id)
  const list = await listOfPerson(c, { person, slug, permission: 'subscribers.write' })
  const standing = (await subscriptionsOf(c.env.db, person.row.number)).find(
    (one) => one.list === list.number,
  )
  if (standing === undefined) throw notFound('subscription')
  return {
    frame: frameOf(c),
    id: person.row.uid,
    masked: maskAddress(addressOf(c.env, person.row) ?? ''),
    list,
    subscription: standing.id,
    granted: inOrder(list, standing.granted),
  }
}

const EndPage = (props: {
  frame: ConsoleFrame
  id: string
  masked: string
  list: List
  granted: readonly string[]
  chosen: readonly string[]
  way?: string | undefined
  faults?: readonly { name: string; message: string }[]
}) => {
  const { id, list, granted, faults = [] } = props
  const faultOf = (name: string) => faults.find((one) => one.name === name)?.message
  return (
    <ConsolePage frame={props.frame} section="people" title="Withdraw consent">
      <PageHead
        title={`Withdraw consent for ${list.name}`}
        crumb={{ label: props.masked, href: `/console/people/${id}` }}
        about="For people who asked you to stop without using the unsubscribe link."
      />
      <ErrorSummary heading="Not withdrawn yet. Please fix this" faults={faults} />
      <section class="panel narrow">
        <h2>What will happen</h2>
        <ul class="bullets">
          <li>
            From now on they get no emails for what you withdraw here, including campaigns that are being
            sent.
          </li>
          <li>The withdrawal is recorded in the ledger with your name and how they asked.</li>
          <li>You cannot undo it. Only they can subscribe again, by signing up and confirming.</li>
          <li>The proof of their earlier consent is kept.</li>
        </ul>
      </section>
      <form method="post" action={`/console/people/${id}/end`} class="panel">
        <Hidden name="list" value={list.slug} />
        <fieldset class="boxes" id={controlId('purpose')} tabindex={-1}>
          <legend class="label">Consents to withdraw</legend>
          {faultOf('purpose') !== undefined && <p class="fault">{faultOf('purpose')}</p>}
          {granted.map((key) => (
            <Checkbox
              name="purpose"
              value={key}
              several
              label={
                key === ownPurpose
                  ? `${purposeWord(key)} (all emails from this list’s newsletter)`
                  : purposeWord(key)
              }
              hint={purposeTitle(list, key)}
              checked={props.chosen.includes(key)}
            />
          ))}
        </fieldset>
        <SelectField
          name="asked_by"
          label="How they asked"
          value={props.way ?? ''}
          fault={faultOf('asked_by')}
          options={[
            { value: '', label: 'Choose' },
            ...Object.entries(askedByWays).map(([value, words]) => ({ value, label: words })),
          ]}
        />
        <div class="actions">
          <SubmitButton weight="danger">Withdraw consent</SubmitButton>
          <LinkButton href={`/console/people/${id}`} weight="quiet">
            Keep as is
          </LinkButton>
        </div>
      </form>
    </ConsolePage>
  )
}
