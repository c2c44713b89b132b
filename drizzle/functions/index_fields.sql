-- caller: src/lists/save.ts
-- Indexes the value of a field that is filtered by range, by the expressions of src/segments/where.ts. Without the index the
-- values of everybody on the list are read for the few in the range (6 to 10 times a bare count). Values belong to a list, and
-- the index begins with it: lists with the same key share one index, and each reads its own part. The index is created with the
-- field, usually before any value exists; among a million rows this takes a few seconds, and sign-ups wait for as long. The
-- index stays when the field is removed, since the field may come back.
create or replace function index_field(key text, type text) returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  name constant text := format('details_%s_%s', type, key);
begin
  -- Checked first: `if not exists` would lock the table all the same.
  if to_regclass(format('public.%I', name)) is not null then return; end if;
  if type = 'number' then
    execute format(
      'create index %I on details (list, (case when jsonb_typeof(attributes -> %L) = ''number'' then (attributes ->> %L)::numeric end))',
      name, key, key);
  elsif type = 'date' then
    execute format('create index %I on details (list, (attributes ->> %L) collate "C")', name, key);
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
