// adapter · the sealed fields a campaign opens: only those it names, however it names them
import { afterEach, describe, expect, it } from 'vitest'
import { readyCampaign } from '../../src/delivery/render/compile.ts'
import { openSender, type Sender } from '../support/sender.ts'

let sender: Sender
afterEach(() => sender.close())

const anna = 'anna@inbox.example'
const fields = [
  { key: 'first_name', label: 'First name', purpose: 'newsletter' },
  { key: 'town', label: 'Town', purpose: 'newsletter' },
]

const sent = async (draft: object) => {
  sender = await openSender({ list: { purposes: [], fields } })
  await sender.seed([{ email: anna, fields: { first_name: 'Anna', town: 'Gävle' } }])
  const campaign = await sender.launched(draft)
  const ready = await readyCampaign(sender.house.deps, campaign.number)
  await sender.until(campaign, 'sent')
  return { letter: sender.letterTo(anna), opened: ready?.list.fields.map(({ key }) => key) }
}

const markdown = (body: string) => ({ content: { format: 'markdown', body } })

describe('a field of a person', () => {
  it.each([
    ['after a dot', '{{ subscriber.first_name }}'],
    ['in brackets', '{{ subscriber["first_name"] }}'],
    ['to ask whether it is there', '{% if subscriber.first_name %}Anna{% endif %}'],
  ])('is opened where a text names it %s, and the others stay sealed', async (_, body) => {
    const { letter, opened } = await sent(markdown(body))
    expect(letter?.text).toContain('Anna')
    expect(opened).toEqual(['first_name'])
  })

  it('is opened where the subject alone names it', async () => {
    const { letter, opened } = await sent({
      subject: 'June, {{ subscriber.first_name }}',
      ...markdown('Hi.'),
    })
    expect(letter?.subject).toBe('June, Anna')
    expect(opened).toEqual(['first_name'])
  })

  it('is opened where a backslash may spell its name', async () => {
    const { letter } = await sent(
      markdown(String.raw`{{ subscriber["first\u005fname"] }} of {{ subscriber.town }}`),
    )
    expect(letter?.text).toContain('Anna of Gävle')
  })
})
