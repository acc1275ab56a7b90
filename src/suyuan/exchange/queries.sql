-- reach --
-- How far the record goes, and how far the index has followed it.
select
    coalesce((select h.size from ledger.head as h), 0),
    coalesce((select max(c.position) from index.cursor as c), 0);

-- said_last --
-- Condition on a row of master data: a reporter said it last, and the operator sees that of all. What is
-- last is looked up for each: no plan reads all names to know it of a few.
v.tenant = %(tenant)s and (%(everything)s or v.party = %(party)s::text)
  and v.position = (
      select max(last.position) from index.vocabulary as last
      where last.tenant = v.tenant and last.party = v.party and last.type = v.type
        and last.name = v.name and last.position <= %(upto)s);

-- vocabulary --
-- What a reporter last said of each name in its documents.
select v.* from index.vocabulary as v where {{said_last}};

-- within --
-- Names and whatever lies within them, down to the last.
with recursive down (name) as (
    select unnest(%(names)s::text[])
    union
    select child
    from down
    join ({{vocabulary}}) as v on v.name = down.name
    cross join unnest(v.children) as c (child)
)
select name from down;

-- described --
-- Names that have one of the attributes, by its IRI or the last word of it, with one of the values. They
-- are found by hashes of both, and by nothing else beside.
select distinct v.name
from index.vocabulary as v
cross join jsonb_each(v.attributes) as a (id, value)
where v.ctid = any (array(
    select found.ctid
    from index.vocabulary as found
    where index.said(found.attributes) && array(
        select case when w.value is null then n.hash else hashtextextended(w.value, n.hash) end
        from (select hashtextextended(regexp_replace(each.id, '^.*[#:/]', ''), 0) as hash
              from unnest(%(attributes)s::text[]) as each (id)) as n
        left join unnest(%(values)s::text[]) as w (value) on true
        where w.value is not null or %(values)s::text[] is null)))
  and {{said_last}}
  and (a.id = any (%(attributes)s::text[])
       or regexp_replace(a.id, '^.*[#:/]', '') = any (%(attributes)s::text[]))
  and (%(values)s::text[] is null
       or exists (select from jsonb_path_query(a.value, 'lax $[*]') as item (value)
                  where item.value #>> '{}' = any (%(values)s::text[])));

-- entries --
-- What the viewer may see of the record, as far as an answer goes; conditions come behind.
select e.id, l.position, e.event_time
from ledger.leaf as l
join record.entry as e on e.id = l.entry
where (e.tenant = %(tenant)s and (%(everything)s or e.tags && %(tags)s::bigint[]))
  and l.position <= %(upto)s

-- blocks --
-- The next blocks in an order, and how far each is certain to go in it.
select p.block, {bound} from index.period as p
where p.block <= %(upto)s::bigint / 64 and {beyond}
order by {key} limit %(blocks)s

-- happens_between --
-- Condition on a block: something in it may have happened from a time on and before another.
tstzrange(p.earliest, p.latest, '[]')
    && tstzrange(%(ge_event)s::timestamptz, %(lt_event)s::timestamptz)

-- records_between --
-- Condition on a block: something in it may have been recorded from a time on and before another.
tstzrange(p.recorded_first, p.recorded_last, '[]')
    && tstzrange(%(ge_record)s::timestamptz, %(lt_record)s::timestamptz)

-- positions_of_blocks --
-- All places of some blocks.
select b.block * 64 + n.number
from unnest(%(within)s::bigint[]) as b (block) cross join generate_series(0, 63) as n (number)

-- positions_by_terms --
-- Where in blocks the index has terms: `places` are the bits of a block at which all stand, and
-- `which` conditions on the block.
select t.block * 64 + bit.number - 1
from index.term as t
cross join lateral unnest(
    array_positions(string_to_array(reverse(({places})::bit(64)::text), null), '1')
) as bit (number)
where {which}

-- in_blocks --
-- Condition on a block: it is one of these.
t.block = any (%(within)s::bigint[])

-- in_range --
-- Condition on a block: it lies between two.
t.block between %(first)s and %(last)s

-- in_periods --
-- Condition on a block: of its period hold conditions.
t.block in (select p.block from index.period as p where {periods})

-- places_of_terms --
-- The bits of a block at which one of these terms stands.
(select bit_or(t.places[array_position(t.terms, w.term)]) from unnest({wanted}::int[]) as w (term))

-- of_types --
-- Condition: the event is of one of these types.
e.type = any (%(types)s::smallint[])

-- of_ids --
-- Condition: the event's id has one of these keys.
e.event_key = any (%(keys)s::bigint[])

-- happened_from --
-- Condition: the event happened at this time or later.
e.event_time >= %(ge_event)s

-- happened_before --
-- Condition: the event happened before this time.
e.event_time < %(lt_event)s

-- recorded_from --
-- Condition: the event was recorded at this time or later.
l.at >= %(ge_record)s

-- recorded_before --
-- Condition: the event was recorded before this time.
l.at < %(lt_record)s

-- by_name --
-- Where, by the index, an event may name `w.uri`: a thing, document, party or place. The index finds
-- things by their hashes.
select a.position
from index.act as a
where index.keys(a) @> array[hashtextextended(w.uri, 0)]
union all
select m.block * 64 + bit.number - 1
from index.name as n
cross join lateral (
    select m.block, coalesce(m.places[array_position(m.names, n.id)], 0)
                    | coalesce(m.places[array_position(m.names, -n.id)], 0) as bits
    from index.mention as m where m.names && array[n.id, -n.id]
    offset 0 -- by the index: a plan for any names would read every block
) as m
cross join lateral unnest(
    array_positions(string_to_array(reverse(m.bits::bit(64)::text), null), '1')
) as bit (number)
where hashtext(n.uri) = hashtext(w.uri) and n.uri = w.uri;

-- naming --
-- Condition: by the index, the event names one of these; it is compared with the whole query later.
l.position = any (array( -- an array is found by the index
    select named.position
    from unnest(%(names)s::text[]) as w (uri)
    cross join lateral (
        {{by_name}}
        offset 0 -- by the index: a plan for any names would read every act
    ) as named (position)))

-- named --
-- Positions of what may name one of these by the index, or that it has not followed so far: the first `most`
-- that come. How many they are is out of the planner's sight, which would otherwise make a plan each time.
select named.position
from unnest((select %(names)s::text[])) as w (uri)
cross join lateral ({{by_name}} offset 0) as named (position)
union all
select l.position from ledger.leaf as l
where l.position > (select coalesce(max(c.position), 0) from index.cursor as c)
limit (select %(most)s);

-- positions_by_name --
-- Where in blocks, by the index, a document or party of these is named: `which` is a condition on the
-- block, and `places` are the bits of it that may answer.
select named.block * 64 + bit.number - 1
from unnest(%(names)s::text[]) as w (uri)
join index.name as n on hashtext(n.uri) = hashtext(w.uri) and n.uri = w.uri
cross join lateral (
    select m.block, coalesce(m.places[array_position(m.names, n.id)], 0)
                    | coalesce(m.places[array_position(m.names, -n.id)], 0) as places
    from index.mention as m where {which}
    offset 0 -- by what is asked for: a plan for any names would read every block
) as named
cross join lateral unnest(
    array_positions(string_to_array(reverse(({places})::bit(64)::text), null), '1')
) as bit (number)

-- numbers_of_names --
-- The numbers of these documents and parties, also as those of which something is stated.
select coalesce(array_agg(n.id) || array_agg(-n.id), array[]::int[])
from unnest(%(names)s::text[]) as w (uri)
join index.name as n on hashtext(n.uri) = hashtext(w.uri) and n.uri = w.uri;

-- blocks_by_numbers --
-- In how many blocks, as far as they are counted, one of these stands. The numbers are given, so that
-- the plan knows whether many have them.
select count(*)
from (
    select from index.mention as m
    where m.names && %(numbers)s::int[] and m.block between %(first)s and %(last)s
    limit %(blocks)s
) as counted;

-- blocks_by_terms --
-- In how many blocks, as far as they are counted, all these stand.
select count(*) from (select from index.term as t where {which} limit %(blocks)s) as counted;

-- of_blocks --
-- Condition on a block of names: it is one of these.
m.block = any (%(within)s::bigint[])

-- of_names --
-- Condition on a block of names: the name stands there.
m.names && array[n.id, -n.id]

-- of_blocks_with_terms --
-- Condition on a block of names: terms stand there, which are rare.
m.block = any (array(select t.block from index.term as t where {which}))

-- with_terms --
-- The bits of a block at which a name stands and all terms do. The last block has several rows, and
-- what stands at a place is in one of them.
named.places & coalesce(
    (select bit_or({places}) from index.term as t where t.block = named.block), 0)

-- first_named --
-- For each of these names the first entries between two positions that by the index may name it, as
-- far as the viewer may see, beside the place of the name.
select w.place, first.entry, first.position
from unnest(%(names)s::text[], %(after)s::bigint[], %(before)s::bigint[]) with ordinality
    as w (uri, after, before, place)
cross join lateral (
    select e.id, named.position
    from ({{by_name}} offset 0) as named (position)
    cross join lateral (
        select l.entry from ledger.leaf as l where l.position = named.position offset 0
    ) as l
    cross join lateral (
        select e.id from record.entry as e
        where e.id = l.entry
          and e.tenant = %(tenant)s and (%(everything)s or e.tags && %(tags)s::bigint[])
        offset 0
    ) as e
    where named.position > w.after and named.position < w.before
    order by named.position
    limit %(most)s
) as first (entry, position)
order by w.place, first.position;

-- followed --
-- Condition: the index has followed the record so far.
l.position <= %(indexed)s

-- not_followed --
-- Condition: the index has not yet followed the record so far, so that any may answer.
l.position > %(indexed)s

-- values --
-- The values of a kind that stand in events that the viewer may see, in order, from one on.
select v.value
from index.value as v
where v.tenant = %(tenant)s and v.kind = %(kind)s and v.value > %(after)s
  and (%(everything)s
       or exists (
           select from index.shown as s
           where s.tag = any (%(own)s::bigint[]) and s.block = v.id >> 10
             and s.places @> array[(v.id & 1023)::smallint]))
order by v.value
limit %(limit)s;

-- said_behind --
-- What was said of names behind one, where more conditions follow.
select v.type, v.name, v.attributes, v.children, v.party
from index.vocabulary as v
where {{said_last}}
  and (v.type, v.name, v.party) > (%(after_type)s, %(after_name)s, %(after_party)s)
  and (%(names)s::text[] is null or v.name = any (%(names)s::text[]));

-- master_data --
-- Names that master data describe, by type and name, from one on. Each type is gone through by itself: no
-- PostgreSQL before 17 keeps the order of an index that it asks for several.
select found.type, found.name, found.attributes, found.children, found.party
from (select distinct each.type
      from unnest(coalesce(%(types)s::text[], array[null::text])) as each (type)) as wanted
cross join lateral (
    ({{said_behind}} and %(types)s::text[] is null
     order by v.type, v.name, v.party limit %(limit)s)
    union all
    ({{said_behind}} and v.type = wanted.type
     order by v.type, v.name, v.party limit %(limit)s)
) as found
order by found.type, found.name, found.party
limit %(limit)s;
