// view · console components: page heads, tables, states, figures, empty states, times
import type { Child } from 'hono/jsx'
import { Icon, type IconName } from '../icons.tsx'

/** The title with its breadcrumb, and the page's actions at the right. */
export const PageHead = (props: {
  title: string
  crumb?: { readonly label: string; readonly href: string }
  about?: Child
  children?: Child
}) => (
  <div class="page-head">
    <div>
      {props.crumb !== undefined && (
        <p class="crumbs">
          <a href={props.crumb.href}>{props.crumb.label}</a>
        </p>
      )}
      <h1>{props.title}</h1>
      {props.about !== undefined && <p class="soft">{props.about}</p>}
    </div>
    {props.children !== undefined && <div class="actions">{props.children}</div>}
  </div>
)

export type Weight = 'main' | 'quiet' | 'danger' | 'quiet danger'

const buttonClass = (weight: Weight = 'main'): string =>
  ['button', ...weight.split(' ').flatMap((word) => (word === 'main' ? [] : [`button-${word}`]))].join(' ')

export const LinkButton = (props: { href: string; weight?: Weight; icon?: IconName; children?: Child }) => (
  <a class={buttonClass(props.weight)} href={props.href}>
    {props.icon !== undefined && <Icon name={props.icon} />}
    {props.children}
  </a>
)

/** A form with a single button. */
export const Act = (props: {
  action: string
  label: string
  weight?: Weight
  icon?: IconName
  fields?: Readonly<Record<string, string>>
}) => (
  <form method="post" action={props.action}>
    {Object.entries(props.fields ?? {}).map(([name, value]) => (
      <input type="hidden" name={name} value={value} />
    ))}
    <SubmitButton {...(props.weight === undefined ? {} : { weight: props.weight })}>
      {props.icon !== undefined && <Icon name={props.icon} />}
      {props.label}
    </SubmitButton>
  </form>
)

export const SubmitButton = (props: { weight?: Weight; name?: string; value?: string; children?: Child }) => (
  <button type="submit" class={buttonClass(props.weight)} name={props.name} value={props.value}>
    {props.children}
  </button>
)

/** A status message. */
export const Said = ({ tone = 'good', children }: { tone?: 'good' | 'warn' | 'bad'; children?: Child }) => (
  <div class={tone === 'good' ? 'said' : `said said-${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
    <Icon name={tone === 'good' ? 'check' : 'triangle-alert'} />
    <div>{children}</div>
  </div>
)

export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'none'

export const State = ({ tone, children }: { tone: Tone; children?: Child }) => (
  <span class={tone === 'none' ? 'state' : `state state-${tone}`}>{children}</span>
)

export interface Column {
  readonly label: string
  readonly number?: boolean
}

/** A table; on a phone each row is a card whose cells show their column. */
export const Table = (props: {
  caption: string
  columns: readonly Column[]
  rows: readonly (readonly Child[])[]
}) => (
  <div class="table-frame">
    <table class="table table-cards">
      <caption class="hidden-words">{props.caption}</caption>
      <thead>
        <tr>
          {props.columns.map(({ label, number }) => (
            <th scope="col" class={number === true ? 'number' : undefined}>
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {props.rows.map((cells) => (
          <tr>
            {cells.map((cell, at) => (
              <td
                class={props.columns[at]?.number === true ? 'number' : undefined}
                data-label={at === 0 ? undefined : props.columns[at]?.label || undefined}
              >
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)

/** The first cell's link, which covers the whole row. */
export const RowLink = ({ href, children }: { href: string; children?: Child }) => (
  <a class="row-link" href={href}>
    {children}
  </a>
)

export interface Figure {
  readonly label: string
  readonly value: string
  /** The link to the rows behind the figure. */
  readonly href?: string
  readonly note?: string
}

export const Figures = ({ figures }: { figures: readonly Figure[] }) => (
  <div class="figures">
    {figures.map(({ label, value, href, note }) => {
      const inside = (
        <>
          <span class="figure-label">{label}</span>
          <span class="figure-value">{value}</span>
          {note !== undefined && <span class="small">{note}</span>}
        </>
      )
      return href === undefined ? (
        <div class="figure">{inside}</div>
      ) : (
        <a class="figure" href={href}>
          {inside}
        </a>
      )
    })}
  </div>
)

export const Empty = ({ title, children }: { title: string; children?: Child }) => (
  <div class="empty">
    <h2>{title}</h2>
    {children}
  </div>
)

/** The link to the next page; nothing on the last. */
export const Pager = ({ next }: { next: string | null }) =>
  next === null ? null : (
    <nav class="actions" aria-label="Pages">
      <LinkButton href={next} weight="quiet">
        Older
      </LinkButton>
    </nav>
  )

/** Formats a number with English grouping: 12,480. */
export const count = (number: number): string => number.toLocaleString('en')

/** "3 people", "1 person". */
export const counted = (number: number, one: string, many: string): string =>
  `${count(number)} ${number === 1 ? one : many}`

/** A time in the operator's zone, which stands behind it (22:16 CET); the UTC time is the tooltip. */
export const Time = ({ at, timezone }: { at: Date; timezone: string }) => (
  <time datetime={at.toISOString()} title={`${at.toISOString()} (${timezone})`}>
    {new Intl.DateTimeFormat('en-GB', {
      timeZone: timezone,
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      timeZoneName: 'short',
    }).format(at)}
  </time>
)
