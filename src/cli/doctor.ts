// shell · checks of a deployment, as sentences
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Config } from '../platform/config.ts'
import { readRow, readRows } from '../platform/database/rows.ts'
import { whole } from '../platform/database/values.ts'
import type { Deps } from '../platform/deps.ts'
import { whyHeld } from '../throttle/restored-copy.ts'
import { sendingFinding } from './sending.ts'

export interface Finding {
  readonly holds: boolean
  readonly sentence: string
}

/** Checks each promise of the database and the configuration, from the application's own connection. */
export async function examine(
  deps: Deps,
  environment: { config: Config; urls: { readonly appRole: string | null } },
): Promise<readonly Finding[]> {
  return [
    await serverVersion(deps),
    await separateRoles(deps),
    ...(await refusals(deps)),
    await ledgerMatchesRows(deps),
    await nothingSetAside(deps),
    sendingFinding(await whyHeld(deps.db)),
    ...configuration(environment.config),
  ]
}

async function serverVersion(deps: Deps): Promise<Finding> {
  const row = await readRow(
    deps.db,
    versionRow,
    sql`select current_setting('server_version_num')::int as number, current_setting('server_version') as text`,
  )
  const holds = (row?.number ?? 0) >= 150_000
  return {
    holds,
    sentence: `PostgreSQL ${row?.text ?? '?'}${holds ? '.' : ' is too old; 15 or newer is needed.'}`,
  }
}

const versionRow = z.object({ number: whole, text: z.string() })

async function separateRoles(deps: Deps): Promise<Finding> {
  const row = await readRow(
    deps.db,
    rolesRow,
    sql`
      select pg_has_role(current_user, tableowner, 'member') as owns,
        (select rolsuper from pg_roles where rolname = current_user) as super
      from pg_tables where schemaname = 'public' and tablename = 'consent_events'`,
  )
  const holds = row !== undefined && !row.owns && !row.super
  return {
    holds,
    sentence: holds
      ? 'The application signs in with a role of its own, which does not own the tables.'
      : 'One role owns the tables and runs the application: the database cannot refuse it anything. Set MIGRATE_DATABASE_URL to the owner and DATABASE_URL to another role.',
  }
}

const rolesRow = z.object({ owns: z.boolean(), super: z.boolean() })

/** Rights that the application must not have. */
async function refusals(deps: Deps): Promise<readonly Finding[]> {
  const rows = await readRows(
    deps.db,
    rightRow,
    sql`
      select * from (values
        ('change an event of the ledger', has_table_privilege('consent_events', 'update')),
        ('delete an event of the ledger', has_table_privilege('consent_events', 'delete')),
        ('empty the ledger', has_table_privilege('consent_events', 'truncate')),
        ('set a consent by hand', has_column_privilege('subscriptions', 'granted', 'update')
          or has_column_privilege('subscriptions', 'state', 'update')),
        ('exchange a recipient', has_any_column_privilege('recipients', 'update')),
        ('change what a message is', has_column_privilege('messages', 'kind', 'update')),
        ('make temporary tables', has_database_privilege(current_database(), 'temporary')),
        ('create tables', has_schema_privilege('public', 'create'))
      ) as rights (what, has)`,
  )
  const triggers = await readRow(
    deps.db,
    countRow,
    sql`
      select count(*)::int as count from pg_trigger
      where tgenabled = 'O' and tgname in ('consent_events_record', 'consent_events_append_only', 'consent_events_no_truncate',
        'recipients_gate', 'messages_gate', 'subscriptions_begin_empty', 'subscriptions_drop_queued', 'campaigns_guard')`,
  )
  return [
    ...rows.map(({ what, has }) => ({
      holds: !has,
      sentence: `The application ${has ? 'can' : 'cannot'} ${what}.`,
    })),
    {
      holds: triggers?.count === 8,
      sentence:
        triggers?.count === 8
          ? 'The gates are in place.'
          : `Only ${triggers?.count ?? 0} of 8 gates are in place.`,
    },
  ]
}

const countRow = z.object({ count: whole })

const rightRow = z.object({ what: z.string(), has: z.boolean() })

async function ledgerMatchesRows(deps: Deps): Promise<Finding> {
  const row = await readRow(
    deps.db,
    agreementRow,
    sql`
      select count(*)::int as checked, count(*) filter (where s.seq <> coalesce(e.seq, -1)
        or s.last_leaf is distinct from e.leaf_hash)::int as broken
      from subscriptions as s
      left join lateral (
        select seq, leaf_hash from consent_events where subscription = s.id order by seq desc limit 1
      ) as e on true`,
  )
  const broken = row?.broken ?? 0
  return {
    holds: broken === 0,
    sentence:
      broken === 0
        ? `The ledger and ${row?.checked ?? 0} subscriptions agree.`
        : `${broken} of ${row?.checked ?? 0} subscriptions do not end where their ledger ends.`,
  }
}

const agreementRow = z.object({ broken: whole, checked: whole })

async function nothingSetAside(deps: Deps): Promise<Finding> {
  const row = await readRow(
    deps.db,
    countRow,
    sql`select count(*)::int as count from signup_requests where state = 'stuck'`,
  )
  const count = row?.count ?? 0
  return {
    holds: count === 0,
    sentence:
      count === 0
        ? 'No sign-up had to be set aside.'
        : `${count} sign-ups could not be processed; the log says why.`,
  }
}

const webhookFinding = ({ mail, resend }: Config): Finding => ({
  holds: mail !== 'resend' || resend.webhookSecret !== undefined,
  sentence:
    resend.webhookSecret === undefined
      ? 'Bounces and complaints are not heard of (RESEND_WEBHOOK_SECRET is not set).'
      : 'Bounces and complaints come in at /hooks/resend.',
})

/** Only the mail server knows by which mailbox or pipe bounces come in. */
const returnPathFinding = ({ smtpReturnPath, inbound }: Config): Finding => ({
  holds: smtpReturnPath !== null,
  sentence:
    smtpReturnPath === null
      ? 'Bounces go to the sender of each mail and are not heard of (SMTP_RETURN_PATH is not set).'
      : `Bounces go to SMTP_RETURN_PATH, each under a name of its own, and are read ${inbound === null ? 'where the mail server pipes them into npm run assent -- inbound (INBOUND_URL is not set)' : 'in the mailbox of INBOUND_URL'}.`,
})

function configuration(config: Config): readonly Finding[] {
  const https = config.publicUrl.startsWith('https:')
  return [
    {
      holds: config.mail !== 'mailbox' || !https,
      sentence:
        config.mail === 'mailbox'
          ? 'Mail goes to the mailbox of this machine: nobody receives anything (MAIL=mailbox).'
          : `Mail is sent by ${config.mail}, ${config.sendRate === 0 ? 'without a limit' : `${config.sendRate} ${config.mail === 'smtp' ? 'mails' : 'requests'} a second`}.`,
    },
    config.mail === 'smtp' ? returnPathFinding(config) : webhookFinding(config),
    {
      holds: https || config.mail === 'mailbox',
      sentence: https ? 'Links in mails are https.' : `Links in mails are not https (${config.publicUrl}).`,
    },
    {
      holds: config.bootstrapApiKey === undefined || !https,
      sentence:
        config.bootstrapApiKey === undefined
          ? 'There is no bootstrap key.'
          : 'BOOTSTRAP_API_KEY is set: an owner key that anybody who reads the environment holds.',
    },
  ]
}
