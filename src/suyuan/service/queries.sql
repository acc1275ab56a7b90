-- known_things --
-- What the index holds of names, as far as the viewer may see: events, first and last time.
select t.uri, seen.events, seen.first, seen.last, seen.family
from index.thing as t
cross join lateral (
    select count(*), min(e.event_time), max(e.event_time), min(e.family)
    from (
        select f.entry from index.fact as f where f.thing = t.id
        union
        select m.entry from index.mention as m where m.thing = t.id
        limit 10000
    ) as named
    cross join lateral (
        select e.event_time, e.family from record.entry as e
        where e.id = named.entry
          and e.tenant = %(tenant)s
          and (%(everything)s or e.tags && %(tags)s::bigint[])
        offset 0 -- one entry after the other: a join would read them all
    ) as e
) as seen (events, first, last, family)
where t.uri = any (%(uris)s::text[]) and seen.events > 0;

-- progress --
-- How far the index has followed the record.
select
    coalesce((select max(c.position) from index.cursor as c), 0),
    (select h.size from ledger.head as h);

-- examples --
-- The newest things that the public may look up, one for each product.
select uri from (
    select distinct on (split_part(t.uri, '/', 5)) t.uri, f.position
    from (select * from index.fact order by position desc limit 2000) as f
    join index.thing as t on t.id = f.thing
    join record.entry as e on e.id = f.entry
    where e.tags && %(public)s::bigint[] and t.uri like 'https://id.gs1.org/01/%%'
    order by split_part(t.uri, '/', 5), f.position desc
) as newest
order by position desc
limit %(most)s;

-- health --
-- Whether the ledger is whole, what waits for it, and how far the index is.
select
    (select h.size from ledger.head as h),
    (select coalesce(max(l.position), 0) from ledger.leaf as l),
    (select count(*) from ledger.leaf),
    (select count(*) from ledger.queue),
    (select coalesce(max(c.position), 0) from index.cursor as c);
