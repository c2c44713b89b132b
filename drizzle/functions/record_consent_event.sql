-- caller: src/consent/record.ts
-- Takes an event into the ledger: checks the leaf to the byte, its place in the chain and its lawfulness, then updates the
-- fold. docs/ledger.md 5.3. AFTER INSERT, so that a row skipped by a conflict changes nothing.
create or replace function record_consent_event() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  leaf_text constant text := convert_from(new.leaf, 'UTF8');
  event constant jsonb := leaf_text::jsonb;
  purposes constant text[] := array(select jsonb_array_elements_text(event -> 'purposes'));
  type constant text := event ->> 'type';
  -- 32 octets in their only spelling: the two spare bits of the last letter are zero (RFC 4648, 3.5)
  base64url constant text := '^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$';
  uuid_form constant text := '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$';
  at timestamptz;
  now_row subscriptions;
  before jsonb;
  moved record;
begin
  if event ->> 'eid' is distinct from new.eid::text
    or event ->> 'eid' !~ uuid_form
    or coalesce(event ->> 'list' !~ uuid_form, false)
    or coalesce(event ->> 'notice' !~ base64url, false)
    or coalesce(event ->> 'pay' !~ base64url, false)
    or coalesce(event ->> 'prev' !~ base64url, false)
    or coalesce(event ->> 'sub' !~ base64url, false)
    or event ->> 't' !~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$'
    or type !~ '^[a-z]+(\.[a-z]+)?$'
    or exists (select from unnest(purposes) as p where p !~ '^[a-z][a-z0-9_]{0,39}$')
    or purposes <> array(select p from unnest(purposes) as p group by p order by p collate "C")
  then
    raise exception 'consent_events: the leaf has a malformed value' using errcode = 'check_violation';
  end if;
  if leaf_text is distinct from format(
    '{"eid":"%s","list":%s,"notice":%s,"pay":%s,"prev":%s,"purposes":[%s],"seq":%s,"sub":%s,"t":"%s","type":"%s","v":1}',
    event ->> 'eid',
    coalesce('"' || (event ->> 'list') || '"', 'null'),
    coalesce('"' || (event ->> 'notice') || '"', 'null'),
    coalesce('"' || (event ->> 'pay') || '"', 'null'),
    coalesce('"' || (event ->> 'prev') || '"', 'null'),
    coalesce('"' || array_to_string(nullif(purposes, '{}'), '","') || '"', ''),
    new.seq,
    coalesce('"' || (event ->> 'sub') || '"', 'null'),
    event ->> 't',
    type
  ) then
    raise exception 'consent_events: the leaf is not canonical' using errcode = 'check_violation';
  end if;
  if new.leaf_hash is distinct from sha256('\x00'::bytea || new.leaf) then
    raise exception 'consent_events: leaf_hash is not the hash of the leaf' using errcode = 'check_violation';
  end if;
  if event ->> 'notice' is not null and not exists (
    select from notices where hash = decode(translate(event ->> 'notice', '-_', '+/') || '=', 'base64')
  ) then
    raise exception 'consent_events: the notice is not known' using errcode = 'check_violation';
  end if;
  at := (event ->> 't')::timestamptz;
  if event ->> 't' <> to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') then
    raise exception 'consent_events: the time is none that a clock shows' using errcode = 'check_violation';
  end if;

  if new.subscription is null then
    if type not in ('notice.published', 'retention.run', 'log.origin') or new.seq <> 0
      or event ->> 'prev' is not null or event ->> 'sub' is not null or event ->> 'pay' is not null
    then
      raise exception 'consent_events: an event without a subject has no chain' using errcode = 'check_violation';
    end if;
    return null;
  end if;

  select * into strict now_row from subscriptions where id = new.subscription for update;
  if new.seq <> now_row.seq + 1
    or event ->> 'prev' is distinct from translate(rtrim(encode(now_row.last_leaf, 'base64'), '='), '+/', '-_')
    or event ->> 'list' is distinct from (select id::text from lists where number = now_row.list)
    or event ->> 'sub' is null
    or event ->> 'pay' is null
  then
    raise exception 'consent_events: the event does not continue its chain' using errcode = 'check_violation';
  end if;
  if new.seq > 0 then
    select convert_from(leaf, 'UTF8')::jsonb into strict before
    from consent_events where subscription = new.subscription and seq = new.seq - 1;
    if before ->> 'sub' <> event ->> 'sub' and type <> 'data.rectified' then
      raise exception 'consent_events: the chain is about somebody else' using errcode = 'check_violation';
    end if;
  end if;

  select * into moved from consent_transition(
    type, purposes,
    array(select key from public.purposes where list = now_row.list and kind = 'mail'),
    now_row.seq, now_row.state, now_row.granted, now_row.restricted
  );
  if not moved.lawful then
    raise exception 'consent_events: % may not follow in state %', type, now_row.state using errcode = 'check_violation';
  end if;
  -- The one act that grants without a request before it. No part of the application imports yet, so its role may not claim to.
  if type = 'consent.imported' and not pg_has_role(session_user, current_user, 'member') then
    raise exception 'consent_events: the role % may not import consent', session_user using errcode = 'insufficient_privilege';
  end if;
  update subscriptions set
    seq = new.seq,
    last_leaf = new.leaf_hash,
    state = moved.state,
    granted = moved.granted,
    restricted = moved.restricted,
    requested_at = case when type = 'consent.requested' and moved.state = 'pending' then at else requested_at end,
    confirmed_at = case
      when type in ('consent.confirmed', 'consent.renewed', 'consent.imported') and moved.state = 'active' then at
      else confirmed_at
    end,
    withdrawn_at = case
      when moved.state in ('withdrawn', 'revoked') and now_row.state = 'active' then at
      when moved.state = 'active' then null
      else withdrawn_at
    end
  where id = new.subscription;
  return null;
end $$;

create or replace trigger consent_events_record
  after insert on consent_events
  for each row execute function record_consent_event();

create or replace function refuse_ledger_change() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  raise exception 'consent_events is append-only' using errcode = 'insufficient_privilege';
end $$;

create or replace trigger consent_events_append_only
  before update or delete on consent_events
  for each row execute function refuse_ledger_change();

create or replace trigger consent_events_no_truncate
  before truncate on consent_events
  for each statement execute function refuse_ledger_change();
