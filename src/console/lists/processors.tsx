// web · /console/settings/processors: who hosts the deployment and its mail server, as the notices of all lists name them
import { Hono } from 'hono'
import { actorOf, type ConsoleContext, type ConsoleEnv } from '../../auth/console.tsx'
import { allow } from '../../auth/guard.tsx'
import { answerProcessors } from '../../consent/publish.ts'
import { findProcessorAnswers } from '../../lists/find-processors.ts'
import { type ProcessorAnswers, processorAnswers, safeguards } from '../../lists/processors.ts'
import type { Fault } from '../../platform/errors.ts'
import { faultsOf, inWords } from '../../platform/form.ts'
import { SelectField, TextField } from '../../ui/components.tsx'
import { SubmitButton } from '../../ui/console/parts.tsx'
import { faultAt, sentValues, settingsScreen } from '../settings/frame.tsx'
import { safeguardWords } from './words.ts'

export const processorRoutes = new Hono<ConsoleEnv>()

const parts = ['whose', 'name', 'country', 'safeguard'] as const
type Question = 'hosting' | 'mail_server'
/** What was typed, by control: `hosting.name`. */
type Typed = ReadonlyMap<string, string>

processorRoutes.get('/settings/processors', async (c) =>
  processors(c, typedOf(await findProcessorAnswers(c.env.db)), []),
)

processorRoutes.post('/settings/processors', async (c) => {
  allow(c, 'settings.write')
  const { one } = await sentValues(c)
  const typed = new Map(
    asked(c).flatMap((question) => parts.map((part) => [`${question}.${part}`, one(`${question}.${part}`)])),
  )
  const faults = asked(c).flatMap((question) => unanswered(typed, question))
  const parsed = processorAnswers.safeParse(answersIn(typed), inWords)
  if (faults.length > 0) return processors(c, typed, faults)
  if (!parsed.success) return processors(c, typed, faultsOf(parsed.error))
  await answerProcessors(c.env, actorOf(c), parsed.data)
  return c.redirect('/console/settings/processors?done=saved', 303)
})

const asked = (c: ConsoleContext): readonly Question[] =>
  c.env.config.mail === 'smtp' ? ['hosting', 'mail_server'] : ['hosting']

function typedOf(answers: ProcessorAnswers | null): Typed {
  const of = (question: Question): [string, string][] => {
    const whose = answers?.[question] ?? null
    if (whose === null || whose === 'own') return [[`${question}.whose`, whose ?? '']]
    return [
      [`${question}.whose`, 'company'],
      [`${question}.name`, whose.name],
      [`${question}.country`, whose.country],
      [`${question}.safeguard`, whose.safeguard ?? ''],
    ]
  }
  return new Map([...of('hosting'), ...of('mail_server')])
}

const unanswered = (typed: Typed, question: Question): readonly Fault[] => {
  if ((typed.get(`${question}.whose`) ?? '') === '')
    return [{ path: `${question}.whose`, message: 'Choose one of the two.' }]
  if (typed.get(`${question}.whose`) !== 'company') return []
  return [
    ...((typed.get(`${question}.name`) ?? '').trim() === ''
      ? [{ path: `${question}.name`, message: 'Name the company.' }]
      : []),
    ...(/^[A-Za-z]{2}$/.test((typed.get(`${question}.country`) ?? '').trim())
      ? []
      : [
          {
            path: `${question}.country`,
            message: 'Enter the two-letter code of the country, such as SE or US.',
          },
        ]),
  ]
}

function answersIn(typed: Typed): object {
  const of = (question: Question) => {
    const one = (part: (typeof parts)[number]): string => (typed.get(`${question}.${part}`) ?? '').trim()
    if (one('whose') !== 'company') return one('whose') === 'own' ? 'own' : null
    return {
      name: one('name'),
      country: one('country').toUpperCase(),
      safeguard: one('safeguard') === '' ? null : one('safeguard'),
    }
  }
  return { hosting: of('hosting'), mail_server: of('mail_server') }
}

function processors(c: ConsoleContext, typed: Typed, faults: readonly Fault[]): Response | Promise<Response> {
  allow(c, 'settings.write')
  return settingsScreen(c, {
    tab: 'processors',
    title: 'Hosting and mail',
    about:
      'The notice of each list names who receives the data. What you answer here is added to the notices of all lists; people who agreed before keep the notice they saw.',
    done: { saved: 'Saved. The notices of all lists name these companies from now on.' },
    faults,
    content: (
      <form method="post" action="/console/settings/processors" class="panel narrow">
        <Question
          question="hosting"
          label="Who runs the machine and the database of this deployment?"
          own="We do, on machines of our own"
          typed={typed}
          faults={faults}
        />
        {c.env.config.mail === 'smtp' && (
          <Question
            question="mail_server"
            label={`Who runs the mail server ${c.env.config.smtp?.host ?? ''}?`}
            own="We do"
            typed={typed}
            faults={faults}
          />
        )}
        {c.env.config.mail === 'resend' && (
          <p class="soft">
            Mail is delivered by Resend, in the United States: the notices name it by themselves.
          </p>
        )}
        <SubmitButton>Save</SubmitButton>
      </form>
    ),
  })
}

const Question = (props: {
  question: Question
  label: string
  own: string
  typed: Typed
  faults: readonly Fault[]
}) => {
  const { question, label, own, typed, faults } = props
  const about = (part: (typeof parts)[number]) => ({
    name: `${question}.${part}`,
    value: typed.get(`${question}.${part}`) ?? '',
    fault: faultAt(faults, `${question}.${part}`),
  })
  return (
    <>
      <SelectField
        {...about('whose')}
        label={label}
        options={[
          { value: '', label: 'Choose' },
          { value: 'own', label: own },
          { value: 'company', label: 'A company' },
        ]}
      />
      <TextField {...about('name')} label="Company" mark="if a company" maxlength={200} />
      <TextField
        {...about('country')}
        label="Country where the data are"
        mark="if a company"
        hint="Two letters, such as SE or US."
        class="input-short"
        maxlength={2}
      />
      <SelectField
        {...about('safeguard')}
        label="Safeguard, for a country outside the European Economic Area"
        options={[
          { value: '', label: 'None needed' },
          ...safeguards.map((one) => ({ value: one, label: safeguardWords[one] })),
        ]}
      />
    </>
  )
}
