-- caller: src/consent/suppress-by-hand.ts
-- The word of a person stands: a suppression is taken away where an operator or a bounce made it, and a complaint on record is
-- never unmade. The rule of `mayBeLifted`, for whatever the application writes.
create or replace function refuse_lifting() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  raise exception 'suppressions: % cannot be lifted', old.reason using errcode = 'insufficient_privilege';
end $$;

create or replace trigger suppressions_stand
  before delete on suppressions
  for each row
  when (old.reason not in ('operator', 'bounce'))
  execute function refuse_lifting();

-- An earlier report of the same complaint may come later: the earliest moment is kept (src/mail/feedback-merge.ts).
create or replace function refuse_unmaking_complaint() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  raise exception '%: a complaint cannot be unmade', tg_table_name using errcode = 'insufficient_privilege';
end $$;

create or replace trigger deliveries_keep_complaints
  before update on deliveries
  for each row
  when (new.complained_at is distinct from least(old.complained_at, new.complained_at))
  execute function refuse_unmaking_complaint();

create or replace trigger service_mails_keep_complaints
  before update on service_mails
  for each row
  when (new.complained_at is distinct from least(old.complained_at, new.complained_at))
  execute function refuse_unmaking_complaint();
