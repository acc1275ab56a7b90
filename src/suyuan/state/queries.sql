-- lock --
-- Judge no two documents at once that speak of the same thing ("state" as a number, and a share).
select pg_advisory_xact_lock(1937006964, share) from unnest(%(shares)s::int[]) as share;

-- load --
-- The recorded events of things, alone or in bundles: all of them, but of what has more than
-- `limit` any that many and one. One row for each event and bundle; `gone`: its own capturer
-- declared it wrong. Each part asks by one key, so that no plan ever reads a table whole.
with asked as (
    select thing, place from unnest(%(things)b::bigint[]) with ordinality as a(thing, place)
), near as (
    select thing as bundle, place from asked
    union all
    select b.bundle, a.place
    from asked as a cross join lateral (
        select bundle from state.bundle where thing = a.thing limit %(limit)s + 1
    ) as b
), bundle as materialized (
    select bundle, array_agg(place) as places from near group by bundle
)
select b.places, e.entry, e.what, e.identity,
       exists (select from state.withdrawn as w where w.identity = e.identity) as gone,
       e.at, e.step, e.party, e.site, e.container, e.marks_set, e.marks_cleared
from bundle as b cross join lateral (
    select * from state.event where bundle = b.bundle limit %(limit)s + 1
) as e
order by e.entry desc;

-- load_latest --
-- The same where there are more: the latest `limit` of each thing and of each bundle, as many of
-- those that mark or end it (18), and of those that concern containers (492; 1004 with the lots of
-- which pieces were packed), however much was reported since.
with asked as (
    select thing, place from unnest(%(things)b::bigint[]) with ordinality as a(thing, place)
), near as (
    select thing as bundle, place from asked
    union
    select b.bundle, a.place
    from asked as a cross join lateral (
        (select bundle from state.bundle where thing = a.thing order by since desc limit %(limit)s)
        union all
        (select bundle from state.bundle where thing = a.thing and what & 18 <> 0
         order by since desc limit %(limit)s)
        union all
        (select bundle from state.bundle where thing = a.thing and what & 1004 <> 0
         order by since desc limit %(limit)s)
    ) as b
), bundle as materialized (
    select bundle, array_agg(place) as places from near group by bundle
)
select b.places, e.entry, e.what, e.identity,
       exists (select from state.withdrawn as w where w.identity = e.identity) as gone,
       e.at, e.step, e.party, e.site, e.container, e.marks_set, e.marks_cleared
from bundle as b cross join lateral (
    (select * from state.event where bundle = b.bundle order by entry desc limit %(limit)s)
    union
    (select * from state.event where bundle = b.bundle and what & 18 <> 0
     order by entry desc limit %(limit)s)
    union
    (select * from state.event where bundle = b.bundle and what & 492 <> 0
     order by entry desc limit %(limit)s)
) as e
order by e.entry desc;

-- packed --
-- What these events put into a container, as far as it can matter: what bears or bore a mark
-- (16), what may itself hold something (32); if a lot of which pieces were put in (512) is such,
-- those pieces too, for the lot lies there while one of them does.
with put as (
    select e.entry, coalesce(b.thing, e.bundle) as thing, e.what
    from state.event as e
    left join state.bundle as b on b.bundle = e.bundle and b.what & 1004 <> 0
    where e.entry = any (%(entries)s::bigint[]) and e.what & 580 <> 0
), weighed as (
    select p.*,
           exists (select from state.event as m where m.bundle = p.thing and m.what & 18 <> 0)
           or exists (select from state.bundle as m where m.thing = p.thing and m.what & 18 <> 0)
               as is_decided,
           exists (select from state.event as m
                   where m.bundle = p.thing and m.what & 492 <> 0 and m.what & 32 <> 0)
               as is_container
    from put as p
)
select w.entry, w.thing, w.what
from weighed as w
where w.is_decided or w.is_container
   or exists (select from weighed as lot
              where lot.entry = w.entry and lot.what & 512 <> 0 and lot.is_decided)
order by w.entry desc
limit %(limit)s;

-- withdrawn --
-- Which of these events their own capturer declared wrong before they came.
select identity from state.withdrawn where identity = any (%(identities)b::bytea[]);

-- known_bundles --
-- Which of these bundles events have spoken of: then their members are written.
select b from unnest(%(bundles)b::bigint[]) as b
where exists (select from state.event as e where e.bundle = b);

-- add_bundles --
-- Remember which things were spoken of together.
copy state.bundle (thing, bundle, since, what) from stdin (format binary);

-- add_events --
-- Remember what events say of bundles.
copy state.event (bundle, entry, at, what, identity, step, party, site, container, marks_set,
                  marks_cleared)
from stdin (format binary);

-- withdraw --
-- Forget events that their own capturer declared wrong, also those still to come.
insert into state.withdrawn (identity, entry)
select * from unnest(%(identities)b::bytea[], %(entries)b::bigint[])
on conflict (identity) do nothing;
