-- caller: src/node/migrate.ts
-- The privileges of the application's role: INSERT on whole tables (Drizzle names every column; triggers refuse values other
-- than defaults), UPDATE by column, DELETE where a row's purpose ends. Without an app role nothing is enforced, and `doctor`
-- says so. The role's name comes from the setting assent.app_role.
do $$
declare
  app constant text := nullif(current_setting('assent.app_role', true), '');
  -- The columns of feedback: src/mail/feedback-columns.ts.
  feedback constant text := 'delivered_at, delayed_at, bounced_at, bounce, complained_at, failed_at, failure, suppressed_at';
  allowed record;
begin
  execute format('revoke temporary on database %I from public', current_database());
  revoke create on schema public from public;
  if app is null then return; end if;
  execute format('revoke temporary, create on database %I from %I', current_database(), app);
  execute format('grant usage on schema public, keys, drizzle to %I', app);
  execute format('revoke all on all tables in schema public, keys, drizzle from %I', app);
  execute format('grant select on all tables in schema public, keys, drizzle to %I', app);
  execute format('grant insert on all tables in schema public, keys to %I', app);
  execute format('revoke insert on deployment from %I', app);
  for allowed in
    select * from (values
      ('keys.vault_keys', 'update (wrapped)'),
      ('keys.subscription_keys', 'update (wrapped), delete'),
      ('limits', 'update (count, until), delete'),
      ('heartbeats', 'update (seen_at), delete'),
      ('pace', 'update (next_slot_at, closed_until, slots)'),
      ('pace_counts', 'update (since, people)'),
      ('api_keys', 'update (revoked_at)'),
      ('operators', 'update (name, role, lists, timezone, joined_at, disabled_at)'),
      ('sessions', 'update (last_seen_at, ended_at), delete'),
      ('sign_in_links', 'update (used_at), delete'),
      ('passkeys', 'update (counter, last_used_at), delete'),
      ('kept_forms', 'update (sealed, expires_at), delete'),
      ('settings', 'update (value, updated_at)'),
      ('idempotency_keys', 'delete'),
      ('mailbox', 'delete'),
      ('smtp_handovers', 'update (state, reason, until), delete'),
      ('service_mails', 'update (state, attempt, lease_until, holder, batch, position, first_attempt_at, sent_at,
        provider_id, body_hash, problem, ' || feedback || '), delete'),
      ('lists', 'update (slug, name, settings, notices, version, archived_at)'),
      ('purposes', 'update (position, title, text)'),
      ('fields', 'update (position, label, options, purpose, legal_basis, required, filterable, sensitive, removed), delete'),
      ('subscribers', 'update (locale, timezone)'),
      ('details', 'update (attributes, tags)'),
      ('suppressions', 'delete'),
      ('subscriptions', 'update (grade, suppressed, not_before)'),
      ('evidence', 'delete'),
      ('signup_requests', 'update (sealed, state, closed_at, tries), delete'),
      ('open_requests', 'delete'),
      ('segments', 'update (name, filter, updated_at), delete'),
      ('campaigns', 'update (purpose, segment, filter, subject, preheader, content, tracking, pinned, state, problem,
        updated_at, acknowledged, scheduled_at, local_time, launched_at, frozen_at, frozen_to, finished_at, version), delete'),
      ('batches', 'update (state, attempt, lease_until, holder, first_attempt_at, counted_at, skips, open_attempts, rejects,
        unknowns, left_out, provider_ids, inferred, sent_at, part_size)'),
      ('in_hand', 'update (process, deaths), delete'),
      ('deliveries', 'update (' || feedback || ')'),
      ('hook_events', 'delete'),
      ('messages', 'update (state, sent_at)')
    ) as rights (relation, privileges)
  loop
    execute format('grant %s on %s to %I', allowed.privileges, allowed.relation, app);
  end loop;
  execute format('revoke execute on all functions in schema public from public');
  execute format('grant execute on function
    may_send(subscriptions, text, timestamptz), why_not_send(subscriptions, text, timestamptz) to %I', app);
  execute format('grant execute on function
    pace_quiet_until(jsonb, text, timestamptz), pace_limits(jsonb, text, timestamptz),
    pace_full(jsonb, text, integer, timestamptz, timestamptz),
    pace_hold(jsonb, text, text, timestamptz, integer, timestamptz, timestamptz),
    pace_take(jsonb, text, integer, timestamptz, timestamptz),
    batches_in_turn(timestamptz, interval, integer, boolean, bigint, integer),
    seconds_to_turn(timestamptz, interval, text, boolean, bigint, integer), standstill(bigint, timestamptz),
    write_lanes(bigint, integer, bigint[], integer[], jsonb, boolean, text) to %I', app);
  execute format('grant execute on function accept_signups(json, json, timestamptz) to %I', app);
  execute format(
    'grant execute on function consent_transition(text, text[], text[], integer, text, text[], boolean) to %I', app);
end $$;
