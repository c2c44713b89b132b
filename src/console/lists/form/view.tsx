// view · the form of a list: plain questions, the required ones open, the rest behind names that say what they are
import { locales } from '../../../i18n/locale.ts'
import { areas } from '../../../notices/authority.ts'
import { ErrorSummary, Hidden } from '../../../ui/components.tsx'
import { SubmitButton } from '../../../ui/console/parts.tsx'
import { countryWords, languageNames, languagesInWords } from '../words.ts'
import { Area, Box, Boxes, Choose, type ListForm, More, Text } from './controls.tsx'
import { Confirming, Keeping, Look } from './defaults.tsx'
import { localesOf, sizeOf, typedIn } from './draft.ts'
import { FieldBlocks } from './field-blocks.tsx'
import { labelOf } from './labels.ts'
import { PurposeBlocks, RecipientBlocks } from './purpose-blocks.tsx'

/** `action`: where it is posted to; the preview is there too, at `{action}/preview`. */
export const ListFormView = ({
  form,
  action,
  publicUrl,
}: {
  form: ListForm
  action: string
  publicUrl: string
}) => (
  <form method="post" action={action} id="list-form" class="list-form" novalidate>
    {/* Enter in any field presses the first button of a form: it is to be this one, not a block's "Take away". */}
    {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: it cannot be reached by keyboard, tabindex is -1 */}
    <button type="submit" class="hidden-words" tabindex={-1} aria-hidden="true" name="do" value="save">
      Save
    </button>
    {form.before !== null && <Hidden name="version" value={typedIn(form.draft, 'version')} />}
    <ErrorSummary
      heading="Not saved yet. What you typed is still here."
      faults={form.faults.map(({ name, message }) => ({ name, message: inContext(name, message) }))}
    />
    <Letter form={form} publicUrl={publicUrl} />
    <SenderAndController form={form} />
    <section class="panel panel-more" aria-label="More questions">
      <More
        form={form}
        title="What people are asked beyond their address"
        now={numbered(sizeOf(form.draft, 'fields'), 'nothing', 'field')}
        holds={['fields']}
      >
        <FieldBlocks form={form} />
      </More>
      <More
        form={form}
        title="What else they may agree to"
        now={agreeNow(form)}
        holds={['purposes', 'measures']}
      >
        <PurposeBlocks form={form} />
      </More>
      <More
        form={form}
        title="Who else handles the data"
        now={numbered(sizeOf(form.draft, 'recipients'), 'nobody is named', 'recipient')}
        holds={['recipients']}
      >
        <RecipientBlocks form={form} />
      </More>
      <Confirming form={form} />
      <Keeping form={form} />
      <Look form={form} />
    </section>
    {form.before !== null && <WhatFollows />}
    <div class="actions">
      <SubmitButton name="do" value="save">
        {form.before === null ? 'Make the list' : 'Save the changes'}
      </SubmitButton>
    </div>
  </form>
)

const inContext = (name: string, message: string): string => {
  const label = labelOf(name)
  return label === null ? message : `${label}: ${message.replace(/^It /, 'it ')}`
}

const numbered = (number: number, none: string, noun: string): string =>
  number === 0 ? none : `${number} ${noun}${number === 1 ? '' : 's'}`

function agreeNow({ draft }: ListForm): string {
  const boxes = sizeOf(draft, 'purposes') + (draft.get('measures')?.length ?? 0)
  return boxes === 0 ? 'nothing' : `${boxes} ${boxes === 1 ? 'box' : 'boxes'}, empty at first`
}

const Letter = ({ form, publicUrl }: { form: ListForm; publicUrl: string }) => (
  <section class="panel" aria-labelledby="h-letter">
    <h2 id="h-letter">The letter</h2>
    <Text
      form={form}
      name="name"
      label="What is it called?"
      maxlength={120}
      autofocus={form.before === null && form.faults.length === 0 && form.added === undefined}
    />
    <Text
      form={form}
      name="description"
      label="What do people get, and how often?"
      hint="One line of promise, such as: One letter a month about gardens, never more."
      maxlength={300}
      optional
    />
    <div class="panel-more">
      <More
        form={form}
        title="The address of its page"
        now={typedIn(form.draft, 'slug') === '' ? 'made from the name' : `/s/${typedIn(form.draft, 'slug')}`}
        holds={['slug']}
      >
        <Text
          form={form}
          name="slug"
          label={`${publicUrl}/s/`}
          hint={
            form.before === null
              ? 'Small letters, numbers and hyphens. Left empty, it is made from the name.'
              : 'If you change it, the old address says that there is no such list: links and forms on other sites must be changed too.'
          }
          class="input-medium"
          maxlength={63}
          optional={form.before === null}
        />
      </More>
      <Languages form={form} />
    </div>
  </section>
)

const Languages = ({ form }: { form: ListForm }) => (
  <More
    form={form}
    title="Languages"
    now={languagesInWords(localesOf(form.draft)) || 'none'}
    holds={['locales', 'default_locale']}
  >
    <Boxes
      form={form}
      name="locales"
      label="In which languages are the form and its messages offered?"
      hint="Our own sentences are there in all four; your texts are asked for in each that you tick."
    >
      <div class="boxes-row">
        {locales.map((locale) => (
          <Box form={form} name="locales" value={locale} label={languageNames[locale]} several />
        ))}
      </div>
    </Boxes>
    <Choose
      form={form}
      name="default_locale"
      label="Which of them is shown to somebody whose language is not offered?"
      options={locales.map((locale) => ({ value: locale, label: languageNames[locale] }))}
    />
  </More>
)

const SenderAndController = ({ form }: { form: ListForm }) => (
  <>
    <section class="panel" aria-labelledby="h-sender">
      <h2 id="h-sender">Who sends it</h2>
      <Text form={form} name="sender.name" label="The name in the inbox" maxlength={120} />
      <Text
        form={form}
        name="sender.email"
        type="email"
        label="The address it comes from"
        hint="Its domain must be set up with your mail provider."
      />
      <Text
        form={form}
        name="sender.reply_to"
        type="email"
        label="Where replies go"
        hint="Left empty, to the address it comes from."
        optional
      />
    </section>
    <section class="panel" aria-labelledby="h-controller">
      <h2 id="h-controller">Who answers for it</h2>
      <p class="soft">
        The law asks that people can see who holds their data. This stands in the notice and in every mail.
      </p>
      <Text form={form} name="controller.name" label="Company, association or person" maxlength={200} />
      <Area form={form} name="controller.address" label="Postal address" rows={3} maxlength={500} />
      <Text
        form={form}
        name="controller.contact_email"
        type="email"
        label="Address for questions about data"
      />
      <Choose
        form={form}
        name="controller.jurisdiction"
        label="Country whose law applies"
        options={areasOffered(typedIn(form.draft, 'controller.jurisdiction'))}
      />
      <div class="panel-more">
        <More
          form={form}
          title="Data protection officer and authority"
          now={dpoNow(form)}
          holds={['controller.dpo_email', 'controller.authority']}
        >
          <Text
            form={form}
            name="controller.dpo_email"
            type="email"
            label="Address of the data protection officer"
            hint="If you have one."
            optional
          />
          <Text
            form={form}
            name="controller.authority"
            label="Supervisory authority"
            hint="Left empty, the usual one of the country is named."
            maxlength={200}
            optional
          />
        </More>
      </div>
    </section>
  </>
)

const dpoNow = ({ draft }: ListForm): string => {
  const [officer, authority] = [
    typedIn(draft, 'controller.dpo_email'),
    typedIn(draft, 'controller.authority'),
  ]
  return `${officer === '' ? 'no officer' : officer}; ${authority === '' ? 'the usual authority' : authority}`
}

const areasOffered = (typed: string) =>
  [...new Set(['EU', ...areas, ...(/^[A-Z]{2}$/.test(typed) ? [typed] : [])])].map((code) => ({
    value: code,
    label: code === 'EU' ? 'European Union, no single country' : countryWords(code),
  }))

/** True of how saving works today, and no more. */
const WhatFollows = () => (
  <section class="panel" aria-labelledby="h-follows">
    <h2 id="h-follows">What saving does</h2>
    <ul class="bullets">
      <li>
        Where words on the form or in the notice change, a new notice is published in that language, and the
        ledger records when. The form shows it from that moment.
      </li>
      <li>
        Whoever agreed before keeps the words they saw: their consent names the old notice, which stays at its
        address. Nobody is asked again by this, and nobody is told.
      </li>
      <li>A new box counts for nobody until they tick it themselves.</li>
      <li>
        A purpose cannot be taken away, nor the type of a field changed, since people were asked for it. A
        field can be taken off the form: what people answered stays stored, but letters and segments do not
        know it any more.
      </li>
    </ul>
  </section>
)
