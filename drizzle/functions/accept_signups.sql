-- caller: src/signup/write.ts
-- Writes the sign-ups of one moment in their order, and counts each into the allowances that it takes; where one of those is used
-- up, the sign-up is left out and takes none, so that a refusal by the ten-minute limit does not use up the day. `limited`: each
-- allowance once, `{hash, name, most, until}`; a sign-up names those that it takes by their places, from 1. Returns the ids of
-- the sign-ups that were written.
create or replace function accept_signups(signups json, limited json, at timestamptz) returns setof uuid
language plpgsql as $$
declare
  room integer[];
  taken integer[] := array_fill(0, array[json_array_length(limited)]);
  accepted uuid[] := '{}';
  signup record;
  place integer;
  has_room boolean;
begin
  -- Locks the counts, in the order of their keys: two groups never wait for each other. The condition keeps the count as it is.
  insert into limits as l (hash, "window", count, until)
    select decode(a.hash, 'hex'), a.name, 0, a.until
    from json_to_recordset(limited) as a (hash text, name text, until timestamptz)
    order by 1, 2
    on conflict (hash, "window") do update set count = l.count where false;
  -- Read one by one: for a join, PostgreSQL expects a hundred rows and scans the whole table.
  room := array(
    select a.most - (
      select case when l.until <= at then 0 else l.count end
      from limits as l
      where l.hash = decode(a.hash, 'hex') and l."window" = a.name)
    from json_to_recordset(limited) as a (hash text, name text, most integer));
  for signup in
    select s.id, s.takes from json_to_recordset(signups) as s (id uuid, takes integer[])
  loop
    has_room := true;
    foreach place in array signup.takes loop
      has_room := has_room and room[place] > 0;
    end loop;
    continue when not has_room;
    foreach place in array signup.takes loop
      room[place] := room[place] - 1;
      taken[place] := taken[place] + 1;
    end loop;
    accepted := accepted || signup.id;
  end loop;
  insert into limits as l (hash, "window", count, until)
    select decode(a.hash, 'hex'), a.name, taken[a.place], a.until
    from json_to_recordset(limited) as a (hash text, name text, until timestamptz, place integer)
    where taken[a.place] > 0
    order by 1, 2
    on conflict (hash, "window") do update set
      count = case when l.until <= at then 0 else l.count end + excluded.count,
      until = case when l.until <= at then excluded.until else l.until end;
  -- A refusal leaves no row: otherwise whoever has many networks could fill the table.
  for place in 1 .. cardinality(taken) loop
    if taken[place] = 0 then
      delete from limits as l
      where l.hash = decode(limited -> (place - 1) ->> 'hash', 'hex')
        and l."window" = limited -> (place - 1) ->> 'name' and l.count = 0;
    end if;
  end loop;
  return query
    insert into signup_requests (id, list, locale, sealed, created_at, expires_at)
    select s.id, s.list, s.locale, s.sealed, s.created_at, s.expires_at
    from json_to_recordset(signups)
      as s (id uuid, list bigint, locale text, sealed bytea, created_at timestamptz, expires_at timestamptz)
    where s.id = any (accepted)
    returning signup_requests.id;
end $$;
