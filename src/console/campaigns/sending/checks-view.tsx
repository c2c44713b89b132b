// view · what was looked at before sending: by group, the worst first, each with its verdict in a word and a drawing
import type { Child } from 'hono/jsx'
import type { Check, Verdict } from '../../../preflight/check.ts'
import type { Preflight } from '../../../preflight/preflight.ts'
import { Aside } from '../../../ui/components.tsx'
import { Table } from '../../../ui/console/parts.tsx'
import { Icon, type IconName } from '../../../ui/icons.tsx'
import { groupsOf, groupTitles, summaryOf, verdictWords } from './checks.ts'

export const checkLabel = ({ isWhole }: Preflight): string =>
  isWhole ? 'Check links and DNS again' : 'Check links and DNS'

/** With the button that looks further as its child; where there is none, another form of the page has it. */
export const Checks = (props: { found: Preflight; children?: Child }) => {
  const { headers, isWhole } = props.found
  // Said already where the people are counted.
  const checks = props.found.checks.filter(({ key }) => !['list', 'segment', 'people'].includes(key))
  return (
    <section class="stack" aria-labelledby="checks">
      <h2 id="checks">Looked at for you</h2>
      <p class="soft">{summaryOf(checks)}.</p>
      <div class="check-groups">
        {groupsOf(checks).map((group) => (
          <Group title={groupTitles[group]} checks={checks.filter((one) => one.group === group)} />
        ))}
      </div>
      {!isWhole && (
        <p class="soft">
          Links are asked, and DNS about the sender, when you press “{checkLabel(props.found)}”: it takes ten
          seconds at most.
        </p>
      )}
      {props.children}
      {headers.length > 0 && (
        <Aside summary="The headers as they will be sent">
          <Table
            caption="Headers"
            columns={[{ label: 'Header' }, { label: 'To a sample reader' }]}
            rows={headers.map(([name, value]) => [name, <code class="header-value">{value}</code>])}
          />
          <p class="soft">
            Date, Message-ID and the signature (DKIM) are added by whoever hands the mail over.
          </p>
        </Aside>
      )}
    </section>
  )
}

const Group = ({ title, checks }: { title: string; checks: readonly Check[] }) => (
  <div>
    <h3>{title}</h3>
    <ul class="checks">
      {checks.map(({ verdict, words, mend }) => (
        <li class={`check-${verdict}`}>
          <Icon name={icons[verdict]} />
          <div>
            <span class={verdict === 'ok' ? 'hidden-words' : 'check-verdict'}>{verdictWords[verdict]}: </span>
            {words}
            {mend !== null && <p class="check-mend">{mend}</p>}
          </div>
        </li>
      ))}
    </ul>
  </div>
)

const icons: Readonly<Record<Verdict, IconName>> = {
  block: 'x',
  warn: 'triangle-alert',
  unknown: 'info',
  ok: 'check',
}
