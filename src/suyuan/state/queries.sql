-- lock --
-- Judge no two documents at once that speak of the same thing, or of one event ("state" as a number,
-- and a share).
select pg_advisory_xact_lock(1937006964, share) from unnest(%(shares)s::int[]) as share;

-- load --
-- The recorded events of things, alone or in bundles: all of them, but of what has more than
-- `limit` any that many and one. One row for each event and bundle; `gone`: its own capturer
-- declared it wrong. Each part asks by one key, so that no plan ever reads a table whole.
with asked as (
    select thing, place from unnest(%(things)b::bigint[]) with ordinality as a(thing, place)
), near as (
    select thing as bundle, place from asked
    union
    select b.bundle, a.place
    from asked as a cross join lateral (
        select bundle from state.bundle where thing = a.thing limit %(limit)s + 1
    ) as b
), bundle as materialized (
    select bundle, array_agg(place) as places from near group by bundle
)
select b.places, e.entry, e.what, e.identity,
       exists (select from state.withdrawn as w where w.identity = e.identity) as gone,
       e.at, e.scene, e.container, e.told, e.marks_set, e.marks_cleared
from bundle as b cross join lateral (
    select * from state.event where bundle = b.bundle limit %(limit)s + 1
) as e
order by e.entry desc;

-- load_latest --
-- The same where there are more: the latest `limit` of each thing and of each bundle, and as many
-- of each kind counted apart, however much was reported since: what marks or ends it (18), what
-- concerns containers (492), how it was made (1).
with asked as (
    select thing, place from unnest(%(things)b::bigint[]) with ordinality as a(thing, place)
), near as (
    select thing as bundle, place from asked
    union
    select b.bundle, a.place
    from asked as a cross join lateral (
        (select bundle from state.bundle where thing = a.thing and since > 0
         order by since desc limit %(limit)s)
        union all
        (select bundle from state.bundle
         where thing = a.thing and since between -%(apart)s and 0 -- these decide
         order by since desc limit %(limit)s)
        union all
        (select k.bundle from state.bundle as k cross join lateral (
             select entry from state.event where bundle = k.bundle and what & 492 <> 0
             order by entry desc limit 1
         ) as e
         where k.thing = a.thing and k.since < -%(apart)s
         order by e.entry desc limit %(limit)s)
        union all
        (select k.bundle from state.bundle as k cross join lateral (
             select entry from state.event
             where bundle = k.bundle and what & 19 <> 0 and what & 1 <> 0
             order by entry desc limit 1
         ) as e
         where k.thing = a.thing and k.since < -%(apart)s
         order by e.entry desc limit %(limit)s)
        union all
        (select k.bundle from state.bundle as k cross join lateral (
             select entry from state.event
             where bundle = k.bundle and what & 19 <> 0 and what & 16 <> 0
             order by entry desc limit 1
         ) as e
         where k.thing = a.thing and k.since < -%(apart)s
         order by e.entry desc limit %(limit)s)
    ) as b
), bundle as materialized (
    select bundle, array_agg(place) as places from near group by bundle
)
select b.places, e.entry, e.what, e.identity,
       exists (select from state.withdrawn as w where w.identity = e.identity) as gone,
       e.at, e.scene, e.container, e.told, e.marks_set, e.marks_cleared
from bundle as b cross join lateral (
    (select * from state.event where bundle = b.bundle order by entry desc limit %(limit)s)
    union
    (select * from state.event where bundle = b.bundle and what & 19 <> 0 and what & 18 <> 0
     order by entry desc limit %(limit)s)
    union
    (select * from state.event
     where bundle = b.bundle and what & 19 <> 0 and what & 1 <> 0 and what & 18 = 0
     order by entry desc limit %(limit)s)
    union
    (select * from state.event where bundle = b.bundle and what & 492 <> 0 and what & 18 = 0
     order by entry desc limit %(limit)s)
) as e
order by e.entry desc;

-- packed --
-- What these events put into a container, as far as it can matter: what a mark was ever set on,
-- what may itself hold something (32); if a lot of which pieces were put in (512) is such, or the
-- document names it, those pieces too, for the lot lies there while one of them does.
with put as (
    select e.entry, u.thing, e.what
    from state.event as e, unnest(coalesce(e.put, array[e.bundle])) as u(thing)
    where e.entry = any (%(entries)s::bigint[]) and e.what & 580 <> 0
), weighed as materialized (
    select p.*,
           exists (select from state.event as m
                   where m.bundle = p.thing and m.what & 19 <> 0 and m.marks_set is not null)
           or exists (select from state.bundle as b
                      join state.event as m on m.bundle = b.bundle and m.what & 19 <> 0
                      where b.thing = p.thing and b.since between -%(apart)s and 0
                        and m.marks_set is not null)
           or (p.what & 512 <> 0 and p.thing = any (%(lots)s::bigint[]))
               as is_marked,
           exists (select from state.event as m
                   where m.bundle = p.thing and m.what & 492 <> 0 and m.what & 32 <> 0)
               as is_container
    from put as p
), lots as materialized (
    select distinct entry from weighed where what & 512 <> 0 and is_marked
)
select w.entry, w.thing, w.what
from weighed as w
where w.is_marked or w.is_container or w.entry in (select entry from lots)
order by w.entry desc
limit %(limit)s;

-- withdrawn --
-- Which of these events their own capturer declared wrong before they came.
select identity from state.withdrawn where identity = any (%(identities)b::bytea[]);

-- known_bundles --
-- Which of these bundles events have spoken of: then their members are written; and whether one
-- concerned containers (492), made them (1) or left something known (16, without marks).
select b,
       exists (select from state.event as e where e.bundle = b and e.what & 492 <> 0)
       or exists (select from state.event as e
                  where e.bundle = b and e.what & 19 <> 0
                    and (e.what & 1 <> 0 or e.what & 16 <> 0
                         and e.marks_set is null and e.marks_cleared is null))
from unnest(%(bundles)b::bigint[]) as b
where exists (select from state.event as e where e.bundle = b);

-- add_bundles --
-- Remember which things were spoken of together.
copy state.bundle (thing, bundle, since) from stdin (format binary);

-- add_events --
-- Remember what events say of bundles.
copy state.event (bundle, entry, at, what, scene, identity, container, marks_set, marks_cleared, put,
                  told)
from stdin (format binary);

-- scenes --
-- What steps, by whom and where these numbers stand for.
select id, step, party, site, reporter from state.scene where id = any(%(scenes)b);

-- keep_scenes --
-- The numbers of scenes, each beside its place; those not met before get one.
with said as (
    select * from unnest(
        %(digests)b::bytea[], %(steps)b::text[], %(parties)b::text[], %(sites)b::text[],
        %(reporters)b::text[]
    ) with ordinality as s(digest, step, party, site, reporter, place)
), known as (
    select s.place, n.id from said as s join state.scene as n on n.digest = s.digest
), kept as (
    insert into state.scene (digest, step, party, site, reporter)
    select digest, step, party, site, reporter from said as s
    where not exists (select from known where known.place = s.place)
    order by step, party, site, reporter
    on conflict (digest) do update set step = excluded.step
    returning id, digest
)
select place, id from known
union all
select s.place, k.id from kept as k join said as s on k.digest = s.digest;

-- withdraw --
-- Forget events that their own capturer declared wrong, also those still to come.
insert into state.withdrawn (identity, entry)
select * from unnest(%(identities)b::bytea[], %(entries)b::bigint[])
on conflict (identity) do nothing;

-- keeping --
-- Whether what plain EPCIS says is kept of a tenant (no row: it is not), and what came before too; up to which
-- entry it was made or forgotten. Whoever records reads this before any lock, so `await_recorders` waits for
-- all that read otherwise, and none of them for what others lock that wait for it.
select is_whole, is_ending, reached from state.plain_tenant where tenant = %(tenant)s;

-- kept_tenants --
-- The tenants of which something is kept, or still to be forgotten.
select tenant from state.plain_tenant order by tenant;

-- await_recorders --
-- Wait for all that are recording and read what is kept; more wait until this ends.
lock table state.plain_tenant in access exclusive mode;

-- begin_keeping --
-- Keep what is recorded from now on.
insert into state.plain_tenant as t (tenant, is_whole, is_ending, reached)
values (%(tenant)s, false, false, 0)
on conflict (tenant) do update set is_ending = false, is_whole = false, reached = 0 where t.is_ending;

-- reach --
-- It was made or forgotten up to an entry.
update state.plain_tenant set reached = %(entry)s where tenant = %(tenant)s;

-- keep_whole --
-- What came before is there too.
update state.plain_tenant set is_whole = true, reached = 0 where tenant = %(tenant)s;

-- stop_keeping --
-- Keep nothing more, and forget from the first entry on what was kept.
update state.plain_tenant set is_ending = true, is_whole = false, reached = 0
where tenant = %(tenant)s and not is_ending;

-- end_keeping --
-- All of it is forgotten.
delete from state.plain_tenant where tenant = %(tenant)s and is_ending;

-- plain_alone --
-- Be alone in making it again from the record ("state" as a number, beside the shares of things).
select pg_advisory_xact_lock(1937006964, -1);

-- plain_beside --
-- Wait for whoever makes it again; that one waits for this.
select pg_advisory_xact_lock_shared(1937006964, -1);

-- plain_after --
-- The next entries of which something is kept of a tenant, ascending: what was forgotten before is not read
-- again, dead as it still lies there.
select entry from state.plain_event where tenant = %(tenant)s and entry > %(entry)s
order by entry limit %(limit)s;

-- add_plain_events --
-- Remember events of no family.
copy state.plain_event (entry, tenant, at, container, identity) from stdin (format binary);

-- add_plain_lines --
-- Remember what they make of things.
copy state.plain_line (thing, entry, what) from stdin (format binary);

-- plain --
-- What events of no family made of things, uses left out: of each thing the latest `limit` and one.
select a.place, l.what, e.at, e.container, e.entry, e.identity,
       exists (select from state.withdrawn as w where w.identity = e.identity) as gone
from unnest(%(things)b::bigint[]) with ordinality as a(thing, place)
cross join lateral (
    select entry, what from state.plain_line where thing = a.thing
    order by entry desc limit %(limit)s + 1
) as l
join state.plain_event as e on e.entry = l.entry;

-- emptied --
-- When everything was taken out of containers (256) by events that are not held (32768), of no family
-- and of families: of each container the latest `limit`.
with asked as (
    select thing, place from unnest(%(things)b::bigint[]) with ordinality as a(thing, place)
), found as (
    select a.place, e.at, e.entry, e.identity
    from asked as a cross join lateral (
        select entry from state.plain_line
        where thing = a.thing and what & 256 <> 0 and what & 32768 = 0
        order by entry desc limit %(limit)s
    ) as l
    join state.plain_event as e on e.entry = l.entry
    union all
    select a.place, s.at, s.entry, s.identity
    from asked as a cross join lateral (
        select at, entry, identity from state.event
        where bundle = a.thing and what & 492 <> 0 and what & 256 <> 0 and what & 32768 = 0
        order by entry desc limit %(limit)s
    ) as s
)
select f.place, f.at, f.entry, f.identity from found as f
where not exists (select from state.withdrawn as w where w.identity = f.identity);

-- used --
-- The first use of each thing after a time by an event of no family that is not held (32768), nor declared
-- wrong, nor among `without`: of the latest `limit` uses. The things by the keys that uses are kept under.
select a.place, u.at, u.entry
from unnest(%(things)b::bigint[], %(times)b::timestamptz[]) with ordinality as a(thing, at, place)
cross join lateral (
    select e.at, e.entry
    from (
        select entry, what from state.plain_line where thing = a.thing
        order by entry desc limit %(limit)s
    ) as l
    join state.plain_event as e on e.entry = l.entry
    where l.what & 32768 = 0 and e.at > a.at and not (e.identity = any (%(without)b::bytea[]))
      and not exists (select from state.withdrawn as w where w.identity = e.identity)
    order by e.at, e.entry
    limit 1
) as u;

-- taken_out --
-- Which things were taken (8) out of containers after a time by events that are not held (32768), of no family
-- and of families: by the latest `limit` that changed what lies in each (32), and so many things at most.
with asked as (
    select * from unnest(%(things)b::bigint[], %(times)b::timestamptz[]) as a(thing, at)
), plain as (
    select l.entry
    from asked as a cross join lateral (
        select entry from state.plain_line
        where thing = a.thing and what & 32 <> 0 and what & 32768 = 0
        order by entry desc limit %(limit)s
    ) as l
    join state.plain_event as e on e.entry = l.entry and e.at > a.at
), told as (
    select s.entry
    from asked as a cross join lateral (
        select entry, at from state.event
        where bundle = a.thing and what & 492 <> 0 and what & 32 <> 0 and what & 32768 = 0
        order by entry desc limit %(limit)s
    ) as s
    where s.at > a.at
), bundle as (
    select distinct c.bundle from told as t
    join state.event as c on c.entry = t.entry and c.what & 8 <> 0
)
select l.thing from plain as p join state.plain_line as l on l.entry = p.entry and l.what & 8 <> 0
union
select coalesce(b.thing, c.bundle)
from bundle as c left join state.bundle as b on b.bundle = c.bundle
limit %(most)s;

-- forget_plain --
-- Forget what these entries of no family said; their lines lie together, and are found by the range.
with gone as (
    delete from state.plain_event
    where entry between %(first)s and %(last)s and entry = any (%(entries)s::bigint[])
)
delete from state.plain_line
where entry between %(first)s and %(last)s and entry = any (%(entries)s::bigint[]);

-- reweigh_plain --
-- Let an event of no family be held (32768) or not.
update state.plain_line set what = what & ~32768 | %(held)s::int where entry = %(entry)s;

-- plain_stated --
-- What is kept of these entries of no family.
select e.entry, e.tenant, e.at, e.container, e.identity, l.thing, l.what
from state.plain_event as e left join state.plain_line as l on l.entry = e.entry
where e.entry between %(first)s and %(last)s and e.entry = any (%(entries)s::bigint[]);

-- enter_permit --
-- Enter a line of a permit, or change its amount and days; its holder and unit stay. No row: it is
-- another's, in another unit, or more of it is used.
insert into state.permit as p (tenant, kind, number, issuer, holder, goods, unit, amount,
                               valid_from, valid_to, entered_at)
values (%(tenant)s, %(kind)s, %(number)s, %(issuer)s, %(holder)s, %(goods)s,
        coalesce(%(unit)s, ''), %(amount)s, %(valid_from)s, %(valid_to)s, %(now)s)
on conflict (tenant, kind, issuer, number, goods) do update set
    amount = excluded.amount, valid_from = excluded.valid_from, valid_to = excluded.valid_to,
    void_at = null, void_reason = '', entered_at = excluded.entered_at
where p.holder = excluded.holder and p.unit = excluded.unit and p.used <= excluded.amount
returning id;

-- permit_clash --
-- How much of that line is used, if it is the same holder's in the same unit.
select used from state.permit
where tenant = %(tenant)s and kind = %(kind)s and issuer = %(issuer)s and number = %(number)s
  and goods = %(goods)s and holder = %(holder)s and unit = coalesce(%(unit)s, '');

-- void_permit --
-- Withdraw those of some lines that are not withdrawn yet, locked in the order of `hold_permits`.
update state.permit set void_at = %(now)s, void_reason = %(reason)s
where id in (
    select id from state.permit
    where tenant = %(tenant)s and id = any(%(ids)s::bigint[]) and void_at is null
    order by id for update
);

-- permits --
-- Lines of permits with what was reported beyond them, in the order of kind and number.
select p.id, p.kind, p.number, p.holder, p.goods, p.unit, p.amount, p.used, p.valid_from,
       p.valid_to, p.void_at is not null, p.issuer,
       (select coalesce(sum(d.amount), 0) from state.debit as d
        where d.permit = p.id and not d.is_covered and d.returned_by is null),
       p.void_at, p.void_reason
from state.permit as p
where p.tenant = %(tenant)s
  and (%(holder)s::text is null or p.holder = %(holder)s)
  and (%(kind)s::text is null or p.kind = %(kind)s)
  and (%(number)s::text is null or p.number = %(number)s)
  and (%(issuer)s::text is null or p.issuer = %(issuer)s)
  and (%(party)s::text is null or %(party)s in (p.holder, p.issuer))
order by p.kind, p.number, p.issuer, p.goods limit %(most)s;

-- permit_uses --
-- What was taken from some lines of permits, the latest first.
select d.entry, d.amount, d.is_covered, d.returned_by is not null, p.goods
from state.permit as p join state.debit as d on d.permit = p.id
where p.id = any(%(ids)s::bigint[])
order by d.entry desc, p.goods limit %(most)s;

-- taken --
-- What some recorded events took from lines of permits.
select entry, permit, amount, is_covered from state.debit where entry = any(%(entries)s::bigint[])
order by entry, permit;

-- known_permits --
-- Permits by number, as they are.
select id, kind, number, holder, goods, unit, amount, used, valid_from, valid_to,
       void_at is not null, issuer
from state.permit where tenant = %(tenant)s and number = any(%(numbers)s)
order by id;

-- hold_permits --
-- Permits by number, and those that some events took from, locked in one order.
select id, kind, number, holder, goods, unit, amount, used, valid_from, valid_to,
       void_at is not null, issuer
from state.permit
where id in (
    select id from state.permit where tenant = %(tenant)s and number = any(%(numbers)s)
    union
    select permit from state.debit
    where identity = any(%(identities)s::bytea[]) and returned_by is null
)
order by id for update;

-- to_return --
-- What events took from permits that is not returned yet.
select permit, identity, case when is_covered then amount else 0 end from state.debit
where identity = any(%(identities)s::bytea[]) and returned_by is null;

-- give_back --
-- Return what events took that were declared wrong.
with declared as (
    select * from unnest(%(identities)s::bytea[], %(entries)s::bigint[]) as d(identity, entry)
), returned as (
    update state.debit as u set returned_by = d.entry
    from declared as d where u.identity = d.identity and u.returned_by is null
    returning u.permit, u.amount, u.is_covered
)
update state.permit as p set used = p.used - r.amount
from (select permit, sum(amount) as amount from returned where is_covered group by permit) as r
where p.id = r.permit;

-- debit --
-- Take from permits what recorded events use, in one statement: of each no more than is left.
with said as (
    select * from unnest(%(permits)s::bigint[], %(entries)s::bigint[], %(identities)s::bytea[],
                         %(amounts)s::numeric[], %(covered)s::boolean[])
        as s(permit, entry, identity, amount, is_covered)
), taken as (
    update state.permit as p set used = p.used + t.amount
    from (select permit, coalesce(sum(amount) filter (where is_covered), 0) as amount
          from said group by permit) as t
    where p.id = t.permit and p.used + t.amount <= p.amount
    returning p.id
)
insert into state.debit (permit, entry, identity, amount, is_covered)
select s.permit, s.entry, s.identity, s.amount, s.is_covered
from said as s join taken as t on t.id = s.permit;

-- hold_scenes --
-- Wait for all that are writing, each of which keeps its scenes first; more wait until this ends.
lock table state.scene in share row exclusive mode;

-- scenes_of --
-- The scenes of these entries.
select distinct scene from state.event where entry = any (%(entries)s);

-- forget_scenes --
-- Forget the scenes of which nothing is left.
delete from state.scene as s
where s.id = any (%(scenes)s)
  and not exists (select from state.event as e where e.scene = s.id);

-- forget_bundles --
-- Forget bundles of which nothing is said but by these entries.
delete from state.bundle as b
where b.bundle in (select bundle from state.event where entry = any (%(entries)s))
  and not exists (
      select from state.event as e where e.bundle = b.bundle and not (e.entry = any (%(entries)s))
  );

-- forget_events --
-- Forget what these entries said.
delete from state.event where entry = any (%(entries)s);

-- forget_withdrawn --
-- Forget what these entries took back; what they took back is forgotten with them.
delete from state.withdrawn where entry = any (%(entries)s);

-- stated --
-- What is remembered of these entries: the event, who says so, what it puts into a container, the
-- thing that it is of, or the members of their bundle, and what it makes of them.
select e.entry, e.identity, e.at, n.step, n.party, n.site, e.container, n.reporter, e.put, e.bundle,
       array(select b.thing from state.bundle as b where b.bundle = e.bundle), e.what
from state.event as e left join state.scene as n on n.id = e.scene
where e.entry between %(first)s and %(last)s and e.entry = any (%(entries)s::bigint[]);

-- left --
-- What judging made of these entries, and of which things they leave something known.
select e.entry, e.what, e.marks_set, e.marks_cleared, e.told,
       case when e.what & 131072 = 0 then '{}' else
           coalesce(nullif(array(select b.thing from state.bundle as b where b.bundle = e.bundle),
                           '{}'), array[e.bundle]) end
from state.event as e
where e.entry between %(first)s and %(last)s and e.entry = any (%(entries)s::bigint[]);

-- reweigh --
-- Let an event be held (32768) or not, and decide (16) or not, by what it is to leave; what is said
-- of a name alone (262144) is never held.
update state.event as e
set what = e.what & ~32784 | %(marked)s::int
           | case when e.what & 262144 = 0 then %(held)s::int else 0 end,
    marks_cleared = %(clears)s::text[], told = %(told)s::jsonb
where e.entry = %(entry)s;

-- regroup --
-- Let the bundles of an event be found as what it makes of their things asks: what marks (16) or ends (2)
-- them is found apart, and so is what makes them (1), concerns containers (492) or leaves something known
-- (16, without marks), be it said by this event or by another of the bundle.
with own as (
    select distinct e.bundle, e.entry, e.entry - case
        when e.what & 2 <> 0
            or e.what & 16 <> 0 and (e.marks_set is not null or e.marks_cleared is not null)
            then 1::bigint << 60
        when exists (select from state.event as k where k.bundle = e.bundle and k.what & 492 <> 0)
            or exists (select from state.event as k
                       where k.bundle = e.bundle and k.what & 19 <> 0 and k.what & 17 <> 0)
            then 1::bigint << 61
        else 0 end as since
    from state.event as e where e.entry = %(entry)s
), moved as (
    update state.bundle as b set since = o.since
    from own as o
    where b.bundle = o.bundle and b.since <> o.since
      and b.since in (o.entry, o.entry - (1::bigint << 60), o.entry - (1::bigint << 61))
    returning b.bundle
)
insert into state.bundle (thing, bundle, since)
select distinct b.thing, b.bundle, o.since
from own as o join state.bundle as b on b.bundle = o.bundle
where o.since < 0
  and not exists (select from moved as m where m.bundle = o.bundle)
  and not exists (
      select from state.bundle as k
      where k.bundle = o.bundle
        and (k.since = o.since
             or o.since < -(1::bigint << 60) and k.since < -(1::bigint << 60))
  );
