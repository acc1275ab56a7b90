-- numbers --
-- The numbers of the things asked about.
select uri, id from index.thing where uri = any (%(uris)s::text[]);

-- level --
-- Facts by all access paths of one level that the viewer may see, in the order of the record.
with found as (
    select f.* from index.fact as f
    where f.thing = any (%(things)s::int[])
    union all
    select f.* from index.fact as f
    where f.other = any (%(things)s::int[])
    union all
    select f.* from index.fact as f
    where f.parent = any (%(carriers)s::int[])
        and f.thing in (select t.id from index.thing as t where t.uri = '')
    union all
    select f.* from index.fact as f
    where f.parent = any (%(opened)s::int[]) and f.kind = %(joined)s
    union all
    select f.* from index.fact as f
    where f.parent = any (%(assembled)s::int[]) and f.kind = %(attached)s
    union all
    select f.* from index.fact as f
    where f.lot = any (%(lots)s::int[])
    union all
    select f.* from index.fact as f
    where f.flow = any (%(flows)s::int[])
)
select
    f.entry, f.line, f.position, f.kind, f.thing, f.lo, f.hi, f.grain, f.side,
    f.arrived_lo, f.arrived_hi, f.before, f.after, f.parent, f.instrument, f.quantity, f.unit,
    f.flow, f.other, f.lot, f.documents, f.inferred, f.held, w.position,
    e.event_key, e.capturer, e.digest
from found as f
join record.entry as e on e.id = f.entry
left join index.withdrawal as w on w.entry = f.entry
where (e.tenant = %(tenant)s and (%(everything)s or e.tags && %(tags)s::bigint[]))
    and (%(known_at)s::bigint is null or f.position <= %(known_at)s::bigint)
    and (%(as_of)s::timestamptz is null or f.lo is null or f.lo <= %(as_of)s::timestamptz)
order by f.position, f.line
limit %(room)s;

-- uris --
-- The names of numbered things.
select id, uri from index.thing where id = any (%(ids)s::int[]);

-- holders --
-- The parties and sites of numbered holders.
select id, party, site from index.holder where id = any (%(ids)s::int[]);

-- capturers --
-- The names of numbered reporters.
select id, uri from registry.party where id = any (%(ids)s::int[]);

-- position --
-- The position up to which the facts are complete.
select coalesce(min(position), -1) from index.cursor where projection = 'facts';

-- site_moves --
-- Movements between holders in a time, as far as the viewer may see them.
select coalesce(s.site, s.party), coalesce(t.site, t.party), l.departure
from index.link as l
join record.entry as e on e.id = l.entry
join index.holder as s on s.id = l.source
join index.holder as t on t.id = l.target
where (e.tenant = %(tenant)s and (%(everything)s or e.tags && %(tags)s::bigint[]))
    and l.departure >= %(start)s::timestamptz and l.departure <= %(end)s::timestamptz
    and not exists (select from index.withdrawal as w where w.entry = l.entry);
