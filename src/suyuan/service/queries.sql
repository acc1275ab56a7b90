-- known_thing --
-- What the index holds of a name, as far as the viewer may see: events, first and last time.
-- That an event names a party, a place or a document, only those learn who have part in it.
-- One name at a time: for one, PostgreSQL keeps its plan; for a list it plans each time anew, which
-- takes ten times as long as the look-up.
select count(*), min(e.event_time), max(e.event_time), min(e.family)
from (
    select e.event_time, e.family
    from (
        select either.entry, bool_or(either.states)
        from (
            select a.entry, true from index.act as a
            where index.keys(a) @> array[hashtextextended(%(uri)s, 0)]
              and starts_with(%(uri)s, a.head)
              and substr(%(uri)s, length(a.head) + 1) = any (a.tails)
            union all
            select l.entry, m.stated >> (l.position & 63)::int & 1 = 1
            from index.name as n
            cross join lateral (
                select m.block, coalesce(m.places[array_position(m.names, n.id)], 0) as beside,
                       coalesce(m.places[array_position(m.names, -n.id)], 0) as stated
                from index.mention as m where m.names && array[n.id, -n.id]
                offset 0 -- by the index, here and below
            ) as m
            cross join lateral (
                select l.entry, l.position from ledger.leaf as l
                where l.position between m.block * 64 and m.block * 64 + 63
                  and (m.beside | m.stated) >> (l.position & 63)::int & 1 = 1
                offset 0
            ) as l
            where hashtext(n.uri) = hashtext(%(uri)s) and n.uri = %(uri)s
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
having count(*) > 0;

-- progress --
-- How far the index has followed the record.
select
    coalesce((select max(c.position) from index.cursor as c), 0),
    (select h.size from ledger.head as h);

-- examples --
-- The newest things that the public may look up, one for each product.
select uri from (
    select distinct on (split_part(t.uri, '/', 5)) t.uri, a.position
    from index.act as a
    join record.entry as e on e.id = a.entry
    cross join lateral (select a.head || tail as uri from unnest(a.tails) as tail) as t
    where a.position > (select max(c.position) - 2000 from index.cursor as c)
      and e.tenant = %(tenant)s and e.tags && %(tags)s::bigint[]
      and t.uri like 'https://id.gs1.org/01/%%'
    order by split_part(t.uri, '/', 5), a.position desc
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

-- half_done --
-- Kinds of half-done things: how many, and one of them.
select kind, count(*), min(place) from (
    select 'record.job' as kind, 'record.entry ' || e.id as place from record.entry as e
    where not exists (select from capture.job as j where j.id = e.job)
    union all
    select 'record.counts', 'capture.job ' || j.id
    from capture.job as j left join (
        select t.job, count(*) as entries
        from (select job from record.entry union all
              select unnest(jobs) from record.erasure) as t group by t.job
    ) as n on n.job = j.id
    where (select coalesce(sum(c.value::int), 0) from jsonb_each_text(j.counts) as c
           where c.key in ('accepted', 'flagged', 'held')) <> coalesce(n.entries, 0)
    union all
    select 'record.refused', 'capture.refused ' || r.id from capture.refused as r
    where not exists (select from capture.job as j where j.id = r.job)
    union all
    select 'state.event', 'state.event ' || s.entry from state.event as s
    where not exists (select from record.entry as e where e.id = s.entry)
       or not exists (select from state.scene as n where n.id = s.scene)
    union all
    select 'state.bundle', 'state.bundle ' || b.bundle from state.bundle as b
    where not exists (select from state.event as s where s.bundle = b.bundle)
    union all
    select 'state.withdrawn', 'state.withdrawn ' || w.entry from state.withdrawn as w
    where not exists (select from record.entry as e where e.id = w.entry)
    union all
    select 'registry.issued', 'registry.code_series ' || s.id from registry.code_series as s
    where s.issued < (select coalesce(max(p.past), 0)
                      from registry.code_package as p where p.series = s.id)
) as found
group by kind order by kind;

-- described --
-- What reporters call places and parties in their documents, as far as the viewer may read those:
-- the newest name of each. Who sees everything reads all, others what they reported themselves.
select distinct on (v.name) v.name, v.attributes ->> 'urn:epcglobal:cbv:mda#name'
from index.vocabulary as v
where v.tenant = %(tenant)s
  and v.name = any (%(names)s::text[])
  and (%(everything)s or v.party = %(party)s)
  and v.attributes ? 'urn:epcglobal:cbv:mda#name'
order by v.name, v.position desc;
