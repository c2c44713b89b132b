// view · the list form: required questions open, the rest in closed groups
import { locales } from '../../../i18n/locale.ts'
import { whyUnlawful } from '../../../lists/list.ts'
import { areas } from '../../../notices/authority.ts'
import { ErrorSummary, Hidden } from '../../../ui/components.tsx'
import { SubmitButton } from '../../../ui/console/parts.tsx'
import { countryWords, languageNames, languagesInWords } from '../words.ts'
import { Area, Box, Boxes, Choose, type ListForm, More, Text } from './controls.tsx'
import { Clock, Confirming, Keeping, Look } from './defaults.tsx'
import { localesOf, shownDefault, sizeOf, typedIn } from './draft.ts'
import { FieldBlocks } from './field-blocks.tsx'
import { labelOf } from './labels.ts'
import { PurposeBlocks, RecipientBlocks } from './purpose-blocks.tsx'

/** `action`: the URL of the post; the preview is at `{action}/preview`. */
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
    {/* Enter in a field presses the first button of a form: this one, not a block's remove button. */}
    {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: it cannot be reached by keyboard, tabindex is -1 */}
    <button type="submit" class="hidden-words" tabindex={-1} aria-hidden="true" name="do" value="save">
      Save
    </button>
    {form.before === null ? (
      <Hidden name="once" value={typedIn(form.draft, 'once')} />
    ) : (
      <Hidden name="version" value={typedIn(form.draft, 'version')} />
    )}
    <ErrorSummary
      heading="Not saved yet. Please fix this"
      faults={form.faults.map(({ name, message }) => ({ name, message: inContext(name, message) }))}
    />
    <Letter form={form} publicUrl={publicUrl} />
    <SenderAndController form={form} />
    <section class="panel panel-more" aria-label="More questions">
      <More
        form={form}
        title="Fields"
        now={numbered(sizeOf(form.draft, 'fields'), 'email address only', 'field')}
        holds={['fields']}
      >
        <FieldBlocks form={form} />
      </More>
      <More form={form} title="Optional purposes" now={agreeNow(form)} holds={['purposes', 'measures']}>
        <PurposeBlocks form={form} />
      </More>
      <More
        form={form}
        title="Recipients of the data"
        now={numbered(sizeOf(form.draft, 'recipients'), 'hosting and mail only', 'further recipient')}
        holds={['recipients']}
      >
        <RecipientBlocks form={form} />
      </More>
      <Confirming form={form} />
      <Clock form={form} />
      <Keeping form={form} />
      <Look form={form} />
    </section>
    {form.before !== null && <WhatFollows />}
    <div class="actions">
      <SubmitButton name="do" value="save">
        {form.before === null ? 'Create list' : 'Save changes'}
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
  return boxes === 0 ? 'none' : `${boxes} optional ${boxes === 1 ? 'checkbox' : 'checkboxes'}`
}

const Letter = ({ form, publicUrl }: { form: ListForm; publicUrl: string }) => (
  <section class="panel" aria-labelledby="h-letter">
    <h2 id="h-letter">Newsletter</h2>
    <Text
      form={form}
      name="name"
      label="Name"
      maxlength={120}
      autofocus={form.before === null && form.faults.length === 0 && form.added === undefined}
    />
    <Text
      form={form}
      name="description"
      label="What people get, and how often"
      hint="Shown on the sign-up form. For example: One email a month about gardens."
      maxlength={300}
      optional
    />
    <div class="panel-more">
      <More
        form={form}
        title="Page address"
        now={typedIn(form.draft, 'slug') === '' ? 'made from the name' : `/s/${typedIn(form.draft, 'slug')}`}
        holds={['slug']}
      >
        <Text
          form={form}
          name="slug"
          label={`${publicUrl}/s/`}
          hint={
            form.before === null
              ? 'Lower-case letters, numbers and hyphens. If empty, it is made from the name.'
              : 'If you change it, the old address stops working. Update links and forms on other sites.'
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
      label="Languages of the form and its emails"
      hint="The built-in texts exist in all four languages. You fill in your own texts for each language you tick."
    >
      <div class="boxes-row">
        {locales.map((locale) => (
          <Box form={form} name="locales" value={locale} label={languageNames[locale]} several />
        ))}
      </div>
    </Boxes>
    <Hidden name={shownDefault} value={typedIn(form.draft, 'default_locale')} />
    <Choose
      form={form}
      name="default_locale"
      label="Default language, for people whose language is not offered"
      options={locales.map((locale) => ({ value: locale, label: languageNames[locale] }))}
    />
  </More>
)

const SenderAndController = ({ form }: { form: ListForm }) => (
  <>
    <section class="panel" aria-labelledby="h-sender">
      <h2 id="h-sender">Sender</h2>
      <Text form={form} name="sender.name" label="Sender name" maxlength={120} />
      <Text
        form={form}
        name="sender.email"
        type="email"
        label="Sender address"
        hint="Its domain must be set up with your mail provider."
      />
      <Text
        form={form}
        name="sender.reply_to"
        type="email"
        label="Reply-to address"
        hint="If empty, replies go to the sender address."
        optional
      />
    </section>
    <section class="panel" aria-labelledby="h-controller">
      <h2 id="h-controller">Controller</h2>
      <p class="soft">
        The company, association or person responsible for the data. The law requires you to name it: it is
        shown in the notice and in every email.
      </p>
      <Text form={form} name="controller.name" label="Name" maxlength={200} />
      <Area form={form} name="controller.address" label="Postal address" rows={3} maxlength={500} />
      <Text
        form={form}
        name="controller.contact_email"
        type="email"
        label="Privacy contact (email address)"
      />
      <Choose
        form={form}
        name="controller.jurisdiction"
        label="Country"
        options={areasOffered(typedIn(form.draft, 'controller.jurisdiction'))}
      />
      <div class="panel-more">
        <More
          form={form}
          title="Data protection officer, authority, representative"
          now={dpoNow(form)}
          holds={['controller.dpo_email', 'controller.authority', 'controller.representative']}
        >
          <Text
            form={form}
            name="controller.dpo_email"
            type="email"
            label="Data protection officer (email address)"
            hint="If you have one."
            optional
          />
          <Text
            form={form}
            name="controller.authority"
            label="Supervisory authority"
            hint="If empty, the notice names the usual authority of the country."
            maxlength={200}
            optional
          />
          <Area
            form={form}
            name="controller.representative"
            label="Representative in the European Union"
            hint="Name, address and email address, if the controller is outside the Union (GDPR Art. 27)."
            rows={3}
            maxlength={500}
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
  return `${officer === '' ? 'no officer' : officer}, ${authority === '' ? 'usual authority' : authority}`
}

const areasOffered = (typed: string) =>
  [
    ...new Set([
      'EU',
      ...areas.filter((code) => whyUnlawful(code) === null),
      ...(/^[A-Z]{2}$/.test(typed) ? [typed] : []),
    ]),
  ].map((code) => ({
    value: code,
    label: code === 'EU' ? 'European Union (no single country)' : countryWords(code),
  }))

/** Must match what saving does today. */
const WhatFollows = () => (
  <section class="panel" aria-labelledby="h-follows">
    <h2 id="h-follows">What happens when you save</h2>
    <ul class="bullets">
      <li>
        If texts of the form or the notice change, a new notice is published in that language and recorded in
        the ledger. The form shows it from then on.
      </li>
      <li>
        People who agreed before are not asked again and not notified. Their consent refers to the notice they
        saw, which stays at its address.
      </li>
      <li>A new purpose applies only to people who tick its checkbox.</li>
      <li>
        Purposes cannot be removed and the type of a field cannot be changed, because people have already been
        asked. A field can be removed: answers stay stored, but campaigns and segments can no longer use it.
      </li>
    </ul>
  </section>
)
