-- caller: src/consent/record.ts
-- Which event may follow which, and its effect. A property test holds it equal to src/consent/ledger.ts. docs/ledger.md 3.3
create or replace function consent_transition(
  in type text, in purposes text[], in mail_purposes text[],
  in seq integer, inout state text, inout granted text[], inout restricted boolean, out lawful boolean
) language plpgsql immutable set search_path = pg_catalog, public, pg_temp as $$
declare
  begun constant boolean := seq >= 0;
  rest constant text[] := array(select g from unnest(granted) as g where g <> all (purposes) order by g collate "C");
  joined constant text[] := array(select g from unnest(granted || purposes) as g group by g order by g collate "C");
  ends_some constant boolean := cardinality(purposes) > 0 and purposes <@ granted;
begin
  lawful := false;
  if state = 'erased' then return; end if;
  case type
    when 'consent.requested' then
      lawful := cardinality(purposes) = 0;
      if lawful and state <> 'active' then state := 'pending'; end if;
    when 'consent.imported' then
      lawful := not begun;
      if lawful then
        granted := joined;
        state := case when granted && mail_purposes then 'active' else 'pending' end;
      end if;
    when 'consent.confirmed' then
      lawful := begun and state in ('pending', 'active') and cardinality(purposes) > 0 and joined && mail_purposes;
      if lawful then granted := joined; state := 'active'; end if;
    when 'consent.renewed' then
      lawful := state = 'active' and cardinality(purposes) > 0;
      if lawful then granted := joined; end if;
    when 'consent.refused' then
      lawful := begun and state = 'pending' and purposes <@ granted;
      if lawful then granted := '{}'; state := 'refused'; end if;
    when 'consent.expired' then
      if begun and state = 'pending' then
        lawful := purposes <@ granted;
        if lawful then granted := rest; state := 'expired'; end if;
      else
        lawful := state = 'active' and ends_some;
        if lawful then
          granted := rest;
          if not granted && mail_purposes then state := 'expired'; end if;
        end if;
      end if;
    when 'consent.withdrawn', 'consent.revoked', 'objection' then
      lawful := ends_some;
      if lawful then
        granted := rest;
        if state = 'active' and not granted && mail_purposes then
          state := case type when 'consent.revoked' then 'revoked' else 'withdrawn' end;
        end if;
      end if;
    when 'consent.invalidated' then
      lawful := begun and (state in ('pending', 'active') or cardinality(granted) > 0) and purposes <@ granted;
      if lawful then granted := '{}'; state := 'invalidated'; end if;
    when 'data.rectified' then
      lawful := begun and cardinality(purposes) = 0;
    when 'processing.restricted' then
      lawful := begun and not restricted and cardinality(purposes) = 0;
      if lawful then restricted := true; end if;
    when 'processing.unrestricted' then
      lawful := begun and restricted and cardinality(purposes) = 0;
      if lawful then restricted := false; end if;
    when 'subject.erased' then
      lawful := begun and purposes <@ granted;
      if lawful then granted := '{}'; state := 'erased'; end if;
    else
      lawful := false;
  end case;
end $$;
