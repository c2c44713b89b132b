-- caller: src/lists/save.ts
-- A field that is filtered by range gets an index on its value, in the words of src/segments/where.ts: without one, every
-- person's attributes are read for the few that a range names (6 to 10 times a bare count). One key means the same on every
-- list, so there is one index for all. It is made where the field is, mostly before anybody filled it in; among a million people
-- it takes a few seconds, and sign-ups wait for as long. It stays when the field goes: it may come back.
create or replace function index_field(key text, type text) returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  name constant text := format('subscribers_%s_%s', type, key);
begin
  -- Asked first: `if not exists` would lock the table all the same.
  if to_regclass(format('public.%I', name)) is not null then return; end if;
  if type = 'number' then
    execute format(
      'create index %I on subscribers ((case when jsonb_typeof(attributes -> %L) = ''number'' then (attributes ->> %L)::numeric end))',
      name, key, key);
  elsif type = 'date' then
    execute format('create index %I on subscribers ((attributes ->> %L) collate "C")', name, key);
  end if;
end $$;

create or replace function index_filterable_field() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform index_field(new.key, new.type);
  return null;
end $$;

create or replace trigger fields_index
  after insert or update on fields
  for each row
  when (new.filterable and new.type in ('number', 'date'))
  execute function index_filterable_field();

select index_field(key, type) from (select distinct key, type from fields where filterable) as f;
