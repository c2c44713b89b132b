// view · the preview frame below the list form, into which the form is posted

import { languageNames } from '../words.ts'
import { type Draft, localesOf } from './draft.ts'

/** The buttons belong to the form by its id and post it into the frame; nothing is saved. */
export const LookFrame = ({ draft, action, saved }: { draft: Draft; action: string; saved: boolean }) => (
  <section class="panel look" aria-labelledby="h-look">
    <div>
      <h2 id="h-look">Preview</h2>
      <p class="soft">Shows the form above as it is now, without saving it.</p>
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
      <iframe name="look" title="Preview of the sign-up form or notice" class="preview" src={action} />
    </fieldset>
    {saved && <p class="small">Until you press a button, this shows the saved list.</p>}
  </section>
)
