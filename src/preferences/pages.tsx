// view · the preference page: purposes granted on one list can be ended, never added. GDPR Art. 7(3)
import { messages } from '../i18n/messages.ts'
import { Button, Checkbox, Hidden, Named, Tick } from '../ui/components.tsx'
import { type Frame, PublicPage } from '../ui/layout.tsx'

export interface Choice {
  readonly key: string
  readonly title: string
  readonly text: string
  readonly isMail: boolean
  /** Ticked, as at first. */
  readonly isKept: boolean
}

const formId = 'choices'

export interface PreferencesPageProps {
  readonly frame: Frame
  readonly list: string
  /** The purposes granted now. */
  readonly granted: readonly Choice[]
}

/** The form posts `shown` for each consent, and `purpose` for each to keep. No personal data: links get forwarded. */
export const PreferencesPage = ({ frame, list, granted }: PreferencesPageProps) => {
  const { preferences } = messages(frame.locale)
  const mails = granted.filter(({ isMail }) => isMail)
  const title = preferences.title(list)
  if (granted.length === 0)
    return (
      <PublicPage frame={frame} title={title} hidden>
        <h1>
          <Named text={preferences.title} name={list} />
        </h1>
        <p>
          <Named text={preferences.none} name={list} />
        </p>
      </PublicPage>
    )
  return (
    <PublicPage frame={{ ...frame, languageForm: formId }} title={title} hidden>
      <h1>
        <Named text={preferences.title} name={list} />
      </h1>
      <p>{preferences.text}</p>
      <form method="post" action={`?lang=${frame.locale}`} id={formId}>
        <fieldset class="group">
          <legend>{preferences.legend}</legend>
          {granted.map(({ key, title, text, isMail, isKept }) => (
            <Checkbox
              several
              checked={isKept}
              name="purpose"
              value={key}
              label={title}
              hint={
                isMail && mails.length === 1
                  ? [text, preferences.onlyMail, granted.length > 1 ? preferences.restEnds : '']
                      .join(' ')
                      .trim()
                  : text
              }
            />
          ))}
        </fieldset>
        {granted.map(({ key }) => (
          <Hidden name="shown" value={key} />
        ))}
        {mails.length > 1 && (
          <p class="small">
            {preferences.noMail} {granted.length > mails.length && preferences.restEnds}
          </p>
        )}
        <Button>{preferences.submit}</Button>
      </form>
      <p class="small">{preferences.private}</p>
    </PublicPage>
  )
}

export interface PreferencesSavedPageProps {
  readonly frame: Frame
  readonly list: string
  /** Titles of the purposes just ended, and of those still granted. */
  readonly ended: readonly string[]
  readonly kept: readonly string[]
  readonly preferencesUrl: string
}

export const PreferencesSavedPage = ({
  frame,
  list,
  ended,
  kept,
  preferencesUrl,
}: PreferencesSavedPageProps) => {
  const { preferences } = messages(frame.locale)
  return (
    <PublicPage frame={frame} title={preferences.saved} hidden>
      <Tick />
      <h1>{preferences.saved}</h1>
      {ended.length === 0 && <p>{preferences.unchanged}</p>}
      <Titles heading={preferences.ended} titles={ended} />
      <Titles heading={preferences.kept} titles={kept} />
      {kept.length === 0 ? (
        <p>
          <Named text={preferences.allEnded} name={list} />
        </p>
      ) : (
        <p>
          <a href={preferencesUrl}>{preferences.back}</a>
        </p>
      )}
    </PublicPage>
  )
}

const Titles = ({ heading, titles }: { heading: string; titles: readonly string[] }) =>
  titles.length === 0 ? null : (
    <div class="stack">
      <h2>{heading}</h2>
      <ul class="bullets">
        {titles.map((title) => (
          <li>{title}</li>
        ))}
      </ul>
    </div>
  )
