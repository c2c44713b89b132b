-- caller: src/campaigns/launch.ts
-- Content and audience of a campaign are pinned from `freezing` on, and no later state returns to a draft or a schedule.
create or replace function guard_campaign() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if old.state not in ('draft', 'scheduled')
    and (new.list, new.purpose, new.segment, new.filter, new.subject, new.preheader, new.content,
        new.tracking, new.pinned, new.local_time)
      is distinct from (old.list, old.purpose, old.segment, old.filter, old.subject, old.preheader, old.content,
        old.tracking, old.pinned, old.local_time)
  then
    raise exception 'campaigns: what was launched cannot change' using errcode = 'insufficient_privilege';
  end if;
  if old.frozen_at is not null and new.frozen_at is distinct from old.frozen_at then
    raise exception 'campaigns: an audience is frozen once' using errcode = 'insufficient_privilege';
  end if;
  if new.state <> old.state and not (case old.state
    when 'draft' then new.state in ('scheduled', 'freezing', 'cancelled')
    when 'scheduled' then new.state in ('draft', 'freezing', 'cancelled')
    when 'freezing' then new.state in ('sending', 'sent', 'paused', 'cancelled')
    when 'sending' then new.state in ('paused', 'sent', 'cancelled')
    when 'paused' then new.state in ('sending', 'sent', 'cancelled') or (new.state = 'freezing' and old.frozen_at is null)
    else false
  end) then
    raise exception 'campaigns: % cannot become %', old.state, new.state using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;

create or replace trigger campaigns_guard
  before update on campaigns
  for each row execute function guard_campaign();

create or replace function guard_campaign_insert() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if new.state <> 'draft' or new.frozen_at is not null then
    raise exception 'campaigns: a campaign begins as a draft' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;

create or replace trigger campaigns_begin_as_draft
  before insert on campaigns
  for each row execute function guard_campaign_insert();

-- caller: src/campaigns/writing/draft.ts
-- What somebody may have got stays on record; the rule of `isDeletable`.
create or replace function guard_campaign_delete() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  raise exception 'campaigns: what was launched stays' using errcode = 'insufficient_privilege';
end $$;

create or replace trigger campaigns_stay
  before delete on campaigns
  for each row
  when (old.launched_at is not null or old.frozen_at is not null)
  execute function guard_campaign_delete();
