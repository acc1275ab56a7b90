-- told --
-- What is told of acts that were found: each as the newest override has it that
-- is known there, and from where on it is withdrawn. Both are looked up for each, where there is any.
-- Of one line the amount is told as text, of an instant one end: what is plain is read sooner.
select
    a.entry, a.position, a.line, a.lo, nullif(a.hi, a.lo), a.hi is not distinct from a.lo,
    a.arrived_lo, a.arrived_hi, a.before, a.after, a.kind, a.side, a.grain,
    case when (select exists (select from record.override)) then coalesce((
        select o.verdict = %(held)s
        from record.override as o join ledger.leaf as l on l.entry = o.act
        where o.entry = a.entry
            and l.position <= (select min(c.position) from index.cursor as c
                               where c.projection = 'facts')
            and (%(known_at)s::bigint is null or l.position <= %(known_at)s::bigint)
        order by o.act limit 1
    ), a.held) else a.held end,
    a.instrument, a.inferred,
    a.head, a.tails, a.quantity::text, a.quantities, a.unit, a.parent, a.flow, a.other, a.lot, a.documents,
    case when (select exists (select from index.withdrawal)) then (
        select w.position from index.withdrawal as w where w.entry = a.entry
    ) end,
    a.capturer, a.copy_key;

-- by_keys --
-- The acts found by any of these names in these parts, or by any of these keys, but for those that are
-- known, in the order of the record.
select distinct on (a.position, a.line) a.*
from (
    select array_agg(g.key) as keys
    from (
        select k.key, row_number() over (order by k.key) as place -- neighbours in the index too
        from (
            select index.key_of(n.name, n.part)
            from unnest(%(names)s::text[], %(parts)s::int[]) as n (name, part)
            union all
            select * from unnest(%(keys)s::bigint[])
        ) as k (key)
    ) as g
    group by g.place / 32 -- the index compares every act that it finds with the whole list
) as asked
cross join lateral (
    select * from index.act as a where index.keys_of(a) && asked.keys
    offset 0 -- by the index: a plan for any names would read every act
) as a
where a.tenant = %(tenant)s
    and (%(known_at)s::bigint is null or a.position <= %(known_at)s::bigint)
    and (%(as_of)s::timestamptz is null or a.lo is null or a.lo <= %(as_of)s::timestamptz)
    and (a.position, a.line) not in (
        select * from unnest(%(positions)s::bigint[], %(lines)s::int[])
    )
order by a.position, a.line;

-- level --
-- These acts, for who sees all of the tenant: their entries need not be read.
with found as ({{by_keys}})
{{told}}
from found as a
order by a.position, a.line
limit %(room)s;

-- level_seen --
-- These acts, as far as the viewer may see. Their entries are read at once, in the order of their pages.
with found as materialized ({{by_keys}}),
seen as materialized (
    select e.id from record.entry as e
    where (
        e.id = any (array(select f.entry from found as f))
        or e.id = any ('{}') -- what may be either is read by a bitmap: page after page, ahead
    ) and e.tenant = %(tenant)s and e.tags && %(tags)s::bigint[]
)
{{told}}
from found as a
where a.entry in (select s.id from seen as s)
order by a.position, a.line
limit %(room)s;

-- stretch --
-- The acts recorded after one position up to another, as far as the viewer may see them.
with found as (
    select * from index.act as a
    where a.position > %(since)s and a.position <= %(until)s
        and a.tenant = %(tenant)s
        and (%(as_of)s::timestamptz is null or a.lo is null or a.lo <= %(as_of)s::timestamptz)
        and (%(everything)s or exists (
            select from record.entry as e where e.id = a.entry and e.tags && %(tags)s::bigint[]
        ))
)
{{told}}
from found as a
order by a.position, a.line
limit %(room)s;

-- families_named --
-- The family that each of these entries was judged by.
select e.id, e.family from record.entry as e
where e.id = any (%(entries)s::bigint[]) and e.family is not null;

-- meanings --
-- What numbers in acts stand for: holders (1) and reporters (2); and (0) the position up to which the
-- acts are complete.
select 0, coalesce(min(c.position), -1), null, null
from index.cursor as c where c.projection = 'facts'
union all
select 1, h.id, h.party, h.site from index.holder as h where h.id = any (%(holders)s::int[])
union all
select 2, p.id, p.uri, null from registry.party as p where p.id = any (%(capturers)s::int[]);

-- site_names --
-- Who holds, by number: the site, and where there is none the party.
select h.id, coalesce(h.site, h.party) from index.holder as h order by h.id;

-- sites_of_parties --
-- At which sites, or by itself, each of these parties had something, by moves that the viewer may see.
select h.party, coalesce(h.site, h.party)
from index.holder as h
where h.party = any (%(parties)s::text[])
    and (
        exists (
            select from index.link as l
            join record.entry as e on e.id = l.entry
            where l.source = h.id
                and e.tenant = %(tenant)s and (%(everything)s or e.tags && %(tags)s::bigint[])
                and not exists (select from index.withdrawal as w where w.entry = l.entry))
        or exists (
            select from index.link as l
            join record.entry as e on e.id = l.entry
            where l.target = h.id
                and e.tenant = %(tenant)s and (%(everything)s or e.tags && %(tags)s::bigint[])
                and not exists (select from index.withdrawal as w where w.entry = l.entry)));

-- site_links --
-- Movements between holders recorded after a position, up to another and as known there, as far as
-- the viewer may see them. No field is null, so that COPY gives rows of one length, which can be read
-- as arrays.
select l.source, l.target, l.departure, l.arrival, l.entry
from index.link as l
join record.entry as e on e.id = l.entry
where (e.tenant = %(tenant)s and (%(everything)s or e.tags && %(tags)s::bigint[]))
    and l.position > %(since)s
    and l.position <= %(until)s
    and not exists (
        select from index.withdrawal as w where w.entry = l.entry and w.position <= %(until)s);

-- withdrawn_since --
-- Entries gone since a position, up to another, and the position that the links are complete to.
select coalesce(min(c.position), -1),
    (select array_agg(w.entry) from index.withdrawal as w
     where w.position > %(since)s and w.position <= %(until)s)
from index.cursor as c where c.projection = 'facts';

-- enough_links --
-- Whether since a position at least so many movements between holders have come, or entries gone.
select (select count(*) from (
        select from index.link where position > %(since)s limit %(enough)s) as l)
    + (select count(*) from (
        select from index.withdrawal where position > %(since)s limit %(enough)s) as w)
    >= %(enough)s;

-- moved_alone --
-- For each of these things the entries in which it moved between holders and nothing else did.
select asked.name, a.entry
from unnest(%(names)s::text[]) as asked (name)
cross join lateral (
    select a.* from index.act as a
    where index.keys_of(a) && array[index.key_of(asked.name, 0)]
    offset 0 -- by the index, as in level
) as a
cross join lateral (
    select count(*) as own from unnest(index.tails(a.tails)) as tail where a.head || tail = asked.name
) as t
where a.kind = %(moved)s
group by asked.name, a.entry, a.position
having sum(t.own) = (
    select sum(l.lines) from index.link as l where l.position = a.position and l.entry = a.entry
);

-- site_doubts --
-- Moves that may be of some days and are not sure, as far as the viewer may see them: dated by more
-- than a day of a clock, held, or with only one holder known. An event once, whatever it moved.
with decided as ( -- as the newest override has it that is known there
    select distinct on (o.entry) o.entry, o.verdict = %(held)s as held
    from record.override as o join ledger.leaf as l on l.entry = o.act
    where l.position <= (select min(c.position) from index.cursor as c
                         where c.projection = 'facts')
    order by o.entry, o.act
)
select
    a.entry, case when bool_or(a.hi is null) then null else max(a.hi) end,
    bool_or(coalesce(d.held, a.held)),
    bool_or(coalesce(b.party is not null and b.site is not null
                     and h.party is not null and h.site is not null, false))
from index.act as a
join record.entry as e on e.id = a.entry
    and (e.tenant = %(tenant)s and (%(everything)s or e.tags && %(tags)s::bigint[]))
left join decided as d on d.entry = a.entry
left join index.holder as b on b.id = a.before
left join index.holder as h on h.id = a.after
where a.kind = %(moved)s
    and (a.lo is null or a.lo < %(until)s)
    and (a.hi is null or a.hi >= %(since)s or a.arrived_hi >= %(since)s
         or (a.arrived_lo is not null and a.arrived_hi is null))
    and not exists (select from index.withdrawal as w where w.entry = a.entry)
    and (
        coalesce(d.held, a.held) or a.lo is null or a.hi is null
        or (a.arrived_lo is not null and a.arrived_hi is null)
        or (a.lo at time zone 'UTC' + %(ahead)s)::date
            <> (coalesce(a.arrived_hi, a.hi) at time zone 'UTC' + %(ahead)s)::date
        or (a.hi at time zone 'UTC' + %(ahead)s)::date
            <> (a.lo at time zone 'UTC' + %(ahead)s)::date
        or b.party is null or b.site is null or h.party is null or h.site is null
    )
group by a.entry;

-- keys_of --
-- By which keys the index finds these names in these parts of acts, in their order.
select index.key_of(n.name, n.part)
from unnest(%(names)s::text[], %(parts)s::int[]) with ordinality as n (name, part, place)
order by n.place;

-- drawn_from --
-- Which index this is, and the last leaf of the log up to a position; no row if the index has not
-- followed so far.
select c.generation::text, (
    select l.commitment from ledger.leaf as l where l.position <= %(position)s
    order by l.position desc limit 1
)
from index.cursor as c where c.projection = 'facts' and c.position >= %(position)s;

-- enough_acts --
-- Whether since a position at least so many acts have come.
select count(*) >= %(enough)s
from (select from index.act where position > %(since)s limit %(enough)s) as a;

-- lot_steps --
-- What looking at a name for a reason leads to, forward (spread.py), of the acts after a position:
-- hashes of names with the reason, 0 to 5 the parts by which acts are found (types.py of the
-- index), 6 a lot that something is of, 7 a thing asked about. Withdrawn acts too. What a recall
-- looks up stands here, even where the index has nothing by it: only what was read is covered.
select s.source, s.target
from index.act as a
cross join lateral unnest(index.tails(a.tails)) as l (tail)
cross join lateral (
    select
        a.head || l.tail as thing,
        case when a.kind = %(joined)s then a.parent end as box,
        case when a.kind = %(attached)s then a.parent end as whole,
        case when a.kind = %(attached)s and not a.instrument then a.parent end as assembly,
        case when a.kind = %(recoded)s then a.other end as other
) as n
cross join lateral (
    select index.key_of(n.thing, r.reason), index.key_of(n.other, r.reason)
    from unnest(array[0, 1, 2, 3, 6, 7]) as r (reason) where n.other is not null
    union all
    select index.key_of(n.other, r.reason), index.key_of(n.thing, r.reason)
    from unnest(array[0, 1, 2, 3, 6, 7]) as r (reason) where n.other is not null
    union all
    select index.key_of(p.source, p.why), index.key_of(p.target, p.because)
    from (values
        (n.thing, 7, n.thing, 2), (n.thing, 2, n.thing, 3), (n.thing, 3, n.thing, 0),
        (n.thing, 3, n.thing, 4), (n.whole, 3, n.whole, 4), (n.other, 3, n.other, 4),
        (n.thing, 0, n.box, 1), (n.box, 1, n.box, 0), (n.box, 7, n.box, 2), (n.box, 2, n.thing, 2),
        (n.thing, 3, a.lot, 6), (a.lot, 6, a.lot, 0), (a.lot, 3, a.lot, 4), (a.lot, 4, n.thing, 3),
        (a.lot, 3, a.lot, 0), (a.lot, 7, n.thing, 2), (a.lot, 7, a.lot, 4),
        (n.whole, 3, n.whole, 0), (n.thing, 3, n.assembly, 3), (n.thing, 6, n.assembly, 3),
        (n.other, 3, n.other, 0), (n.other, 2, n.other, 3), (n.other, 1, n.other, 0),
        (n.other, 6, n.other, 0), (n.thing, 1, n.thing, 0), (n.thing, 6, n.thing, 0),
        (a.flow, 5, a.flow, 5), (n.thing, 0, case when a.side = %(input)s then a.flow end, 5),
        (case when a.side = %(output)s then a.flow end, 5, n.thing, 3)
    ) as p (source, why, target, because)
) as s (source, target)
where a.position > %(since)s
    and a.tenant = %(tenant)s
    and coalesce(a.parent, a.lot, a.other, a.flow) is not null
    and s.source is not null and s.target is not null;

-- holders_found --
-- Who had something by the acts found by these keys, as far as the viewer may see and as known at a
-- position: the site, and where there is none the party.
with asked as (
    select array_agg(k.key) as keys
    from unnest(%(keys)s::bigint[]) with ordinality as k (key, place)
    group by k.place / 128 -- as in level
)
select distinct coalesce(h.site, h.party)
from asked
cross join lateral (
    select a.entry, a.position, a.before, a.after from index.act as a
    where index.keys_of(a) && asked.keys
    offset 0
) as a
join record.entry as e on e.id = a.entry
    and (e.tenant = %(tenant)s and (%(everything)s or e.tags && %(tags)s::bigint[]))
join index.holder as h on h.id in (a.before, a.after)
where coalesce(h.site, h.party) is not null
    and (%(known_at)s::bigint is null or a.position <= %(known_at)s::bigint)
    and not exists (
        select from index.withdrawal as w
        where w.entry = a.entry
            and (%(known_at)s::bigint is null or w.position <= %(known_at)s::bigint)
    );

-- site_amounts --
-- How much each event moved in each unit, as far as the viewer may see: a piece is one, and whether
-- of some line nobody says. Of events that may be of these days.
select a.entry, a.unit,
    sum(coalesce(line.much, case when a.grain = %(piece)s then 1 end)),
    bool_or(line.much is null and a.grain <> %(piece)s)
from index.act as a
join record.entry as e on e.id = a.entry
    and (e.tenant = %(tenant)s and (%(everything)s or e.tags && %(tags)s::bigint[]))
cross join lateral unnest(
    coalesce(a.quantities, array_fill(a.quantity, array[cardinality(index.tails(a.tails))]))
) as line (much)
where a.kind = %(moved)s
    and (a.lo is null or a.lo < %(until)s)
    and (a.hi is null or a.hi >= %(since)s)
group by a.entry, a.unit;
