// shell · the findings of `doctor`: checks of the database and the configuration
import { sql } from 'drizzle-orm'
import * as z from 'zod'
import { counted } from '../i18n/words.ts'
import type { Config } from '../platform/config.ts'
import { endLargeObjects } from '../platform/database/large-objects.ts'
import { readRow, readRows } from '../platform/database/rows.ts'
import { whole } from '../platform/database/values.ts'
import type { Deps } from '../platform/deps.ts'
import { whyHeld } from '../throttle/restored-copy.ts'
import { sendingFinding } from './sending.ts'

export interface Finding {
  readonly holds: boolean
  readonly sentence: string
}

/** Checks the guarantees of database and configuration through the application's own connection. */
export async function examine(
  deps: Deps,
  environment: { config: Config; urls: { readonly appRole: string | null } },
): Promise<readonly Finding[]> {
  return [
    await serverVersion(deps),
    await separateRoles(deps),
    ...(await refusals(deps)),
    await largeObjects(deps),
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
    sentence: `PostgreSQL ${row?.text ?? '?'}${holds ? '.' : ' is too old. Version 15 or newer is required.'}`,
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
      ? 'The application connects with its own role, which does not own the tables.'
      : 'The application connects with the role that owns the tables, so the database cannot enforce its safeguards. Set MIGRATE_DATABASE_URL to the owner role and DATABASE_URL to another role.',
  }
}

const rolesRow = z.object({ owns: z.boolean(), super: z.boolean() })

/** Privileges that the application must not have. */
async function refusals(deps: Deps): Promise<readonly Finding[]> {
  const rows = await readRows(
    deps.db,
    rightRow,
    sql`
      select * from (values
        ('change an event of the ledger', has_table_privilege('consent_events', 'update')),
        ('delete an event of the ledger', has_table_privilege('consent_events', 'delete')),
        ('empty the ledger', has_table_privilege('consent_events', 'truncate')),
        ('set a consent directly', has_column_privilege('subscriptions', 'granted', 'update')
          or has_column_privilege('subscriptions', 'state', 'update')),
        ('change a recipient', has_any_column_privilege('recipients', 'update')),
        ('change the kind of a message', has_column_privilege('messages', 'kind', 'update')),
        ('create temporary tables', has_database_privilege(current_database(), 'temporary')),
        ('create tables', has_schema_privilege('public', 'create'))
      ) as rights (what, has)`,
  )
  const triggers = await readRow(
    deps.db,
    countRow,
    sql`
      select count(*)::int as count from pg_trigger
      where tgenabled = 'O' and tgname = any (string_to_array(${gates.join()}, ','))`,
  )
  const found = triggers?.count ?? 0
  return [
    ...rows.map(({ what, has }) => ({
      holds: !has,
      sentence: `The application ${has ? 'can' : 'cannot'} ${what}.`,
    })),
    {
      holds: found === gates.length,
      sentence:
        found === gates.length
          ? `All ${gates.length} database gates are in place.`
          : `Only ${found} of ${gates.length} database gates are in place.`,
    },
  ]
}

/** Triggers that hold the application to the rules, whatever it sends. */
const gates = [
  'consent_events_record',
  'consent_events_append_only',
  'consent_events_no_truncate',
  'recipients_gate',
  'messages_gate',
  'messages_gate_changes',
  'subscriptions_begin_empty',
  'subscriptions_drop_queued',
  'campaigns_guard',
  'suppressions_stand',
  'deliveries_keep_complaints',
  'service_mails_keep_complaints',
]

/** No fault where it is open: the owner of a database cannot close it. */
async function largeObjects(deps: Deps): Promise<Finding> {
  const row = await readRow(
    deps.db,
    openRow,
    sql`
      select has_function_privilege('lo_creat(integer)', 'execute') or has_function_privilege('lo_create(oid)', 'execute')
        or has_function_privilege('lo_from_bytea(oid, bytea)', 'execute') as open`,
  )
  return {
    holds: true,
    sentence: row?.open
      ? `The application can create large objects, as PostgreSQL allows every role. To end that, a superuser runs: ${endLargeObjects};`
      : 'The application cannot create large objects.',
  }
}

const openRow = z.object({ open: z.boolean() })

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
        ? `All subscriptions match the ledger (${row?.checked ?? 0} checked).`
        : `Subscriptions that do not match the end of their ledger chain: ${broken} of ${row?.checked ?? 0}.`,
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
        ? 'No sign-ups are stuck.'
        : `${count} ${count === 1 ? 'sign-up' : 'sign-ups'} could not be processed. See the log for the reason.`,
  }
}

const webhookFinding = ({ mail, resend }: Config): Finding => ({
  holds: mail !== 'resend' || resend.webhookSecret !== undefined,
  sentence:
    resend.webhookSecret === undefined
      ? 'Bounces and complaints are not received (RESEND_WEBHOOK_SECRET is not set).'
      : 'Bounces and complaints are received at /hooks/resend.',
})

/** Only the mail server knows which mailbox or pipe receives bounces. */
const returnPathFinding = ({ smtpReturnPath, inbound }: Config): Finding => ({
  holds: smtpReturnPath !== null,
  sentence:
    smtpReturnPath === null
      ? 'Bounces go to the sender of each email and are not processed (SMTP_RETURN_PATH is not set).'
      : `Bounces go to SMTP_RETURN_PATH, with a separate return path per email, and are read ${inbound === null ? 'when the mail server pipes them into npm run assent -- inbound (INBOUND_URL is not set)' : 'from the mailbox of INBOUND_URL'}.`,
})

const rateUnits = {
  smtp: { one: 'email', other: 'emails' },
  resend: { one: 'request', other: 'requests' },
}

function configuration(config: Config): readonly Finding[] {
  const https = config.publicUrl.startsWith('https:')
  return [
    {
      holds: config.mail !== 'mailbox' || !https,
      sentence:
        config.mail === 'mailbox'
          ? 'Email is kept on this machine and sent to nobody (MAIL=mailbox).'
          : `Email is sent with ${config.mail}, ${config.sendRate === 0 ? 'without a rate limit' : `at most ${counted('en', config.sendRate, rateUnits[config.mail === 'smtp' ? 'smtp' : 'resend'])} per second`}.`,
    },
    config.mail === 'smtp' ? returnPathFinding(config) : webhookFinding(config),
    {
      holds: https || config.mail === 'mailbox',
      sentence: https
        ? 'Links in emails use https.'
        : `Links in emails do not use https (${config.publicUrl}).`,
    },
    {
      holds: config.bootstrapApiKey === undefined || !https,
      sentence:
        config.bootstrapApiKey === undefined
          ? 'No bootstrap key is set.'
          : 'BOOTSTRAP_API_KEY is set: anyone who can read the environment has an owner key.',
    },
  ]
}
