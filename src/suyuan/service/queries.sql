-- known_things --
-- What the index holds of names, as far as the viewer may see: events, first and last time.
-- That an event names a party, a place or a document, only those learn who have part in it.
select t.uri, seen.events, seen.first, seen.last, seen.family
from index.thing as t
cross join lateral (
    select count(*), min(e.event_time), max(e.event_time), min(e.family)
    from (
        select e.event_time, e.family
        from (
            select either.entry, bool_or(either.states)
            from (
                select f.entry, true from index.fact as f where f.thing = t.id
                union all
                -- 5 and 6: a container, and a thing that a declaration is about
                select m.entry, m.role in (5, 6) from index.mention as m where m.thing = t.id
            ) as either (entry, states)
            group by either.entry
        ) as named (entry, states)
        cross join lateral (
            select e.event_time, e.family from record.entry as e
            where e.id = named.entry
              and e.tenant = %(tenant)s
              and (%(everything)s
                   or named.states and e.tags && %(tags)s::bigint[]
                   or e.tags && %(own)s::bigint[])
            offset 0 -- one entry after the other: a join would read them all
        ) as e
        limit 10000 -- of those that are seen: what is hidden may not use the limit up
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
    select distinct on (split_part(t.uri, '/', 5)) t.uri, l.position
    from (select * from ledger.leaf order by position desc limit 2000) as l
    join record.entry as e on e.id = l.entry
    join index.fact as f on f.entry = l.entry
    join index.thing as t on t.id = f.thing
    where e.tenant = %(tenant)s and e.tags && %(tags)s::bigint[]
      and t.uri like 'https://id.gs1.org/01/%%'
    order by split_part(t.uri, '/', 5), l.position desc
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
