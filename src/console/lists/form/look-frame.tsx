// view · a place below the form in which it shows how form and notice would look; the form is posted into it

import { languageNames } from '../words.ts'
import { type Draft, localesOf } from './draft.ts'

/** Buttons of the form above, by its id: they post it into the frame, where nothing is saved. */
export const LookFrame = ({ draft, action, saved }: { draft: Draft; action: string; saved: boolean }) => (
  <section class="panel look" aria-labelledby="h-look">
    <div>
      <h2 id="h-look">How it will look</h2>
      <p class="soft">As the form above stands now. Looking saves nothing.</p>
    </div>
    <div class="look-buttons">
      {localesOf(draft).map((locale) =>
        (['form', 'notice'] as const).map((part) => (
          <button
            type="submit"
            form="list-form"
            class="button button-quiet"
            formaction={`${action}?part=${part}&lang=${locale}`}
            formtarget="look"
          >
            {part === 'form' ? 'Form' : 'Notice'} in {languageNames[locale]}
          </button>
        )),
      )}
    </div>
    <fieldset class="choices">
      <legend class="hidden-words">Width</legend>
      <input type="radio" name="width" id="look-phone" checked />
      <label class="choice" for="look-phone">
        Phone
      </label>
      <input type="radio" name="width" id="look-desktop" />
      <label class="choice" for="look-desktop">
        Desktop
      </label>
      <iframe name="look" title="How it will look" class="preview" src={action} />
    </fieldset>
    {saved && <p class="small">At first it shows the list as it is saved.</p>}
  </section>
)
