// view · the preflight checks by group, worst first, each with its verdict as a word and an icon
import type { Child } from 'hono/jsx'
import type { Check, Verdict } from '../../../preflight/check.ts'
import type { Preflight } from '../../../preflight/preflight.ts'
import { Aside } from '../../../ui/components.tsx'
import { counted, Table } from '../../../ui/console/parts.tsx'
import { Icon, type IconName } from '../../../ui/icons.tsx'
import { groupsOf, groupTitles, summaryOf, verdictWords } from './checks.ts'

export const checkLabel = ({ isWhole }: Preflight): string =>
  isWhole ? 'Check links and domain again' : 'Check links and domain'

/** `children`: the button that also checks links and DNS, unless another form on the page has it. */
export const Checks = (props: { found: Preflight; children?: Child }) => {
  const { headers, isWhole } = props.found
  // The audience panel already shows these three.
  const checks = props.found.checks.filter(({ key }) => !['list', 'segment', 'people'].includes(key))
  const passed = checks.filter(({ verdict }) => verdict === 'ok')
  return (
    <section class="stack" aria-labelledby="checks">
      <h2 id="checks">Checks</h2>
      <p class="soft">{summaryOf(checks)}.</p>
      <Groups checks={checks.filter(({ verdict }) => verdict !== 'ok')} />
      {passed.length > 0 && (
        <Aside summary={counted(passed.length, 'check passed', 'checks passed')}>
          <Groups checks={passed} />
        </Aside>
      )}
      {!isWhole && (
        <p class="soft">
          Press “{checkLabel(props.found)}” to test your links and sender domain. It takes at most ten
          seconds.
        </p>
      )}
      {props.children}
      {headers.length > 0 && (
        <Aside summary="Email headers">
          <Table
            caption="Headers"
            columns={[{ label: 'Header' }, { label: 'Value for a sample person' }]}
            rows={headers.map(([name, value]) => [name, <code class="header-value">{value}</code>])}
          />
          <p class="soft">Date, Message-ID and the DKIM signature are added when the email is sent.</p>
        </Aside>
      )}
    </section>
  )
}

const Groups = ({ checks }: { checks: readonly Check[] }) =>
  checks.length === 0 ? null : (
    <div class="check-groups">
      {groupsOf(checks).map((group) => (
        <Group title={groupTitles[group]} checks={checks.filter((one) => one.group === group)} />
      ))}
    </div>
  )

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
