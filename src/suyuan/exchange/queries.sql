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

-- next_blocks --
-- The next blocks in an order and one more, how far each is certain to go in it, and its number.
select n.block, n.bound, row_number() over ()
from (select p.block, {bound} from index.period as p
      where p.block <= %(upto)s::bigint / 64 and {beyond}
      order by {key} limit {most}) as n (block, bound)

-- next_blocks_then --
-- The same of those in which something may have happened since or before a time. An index lists those that
-- are next to it: if these are all, they come in the order; else so many have it that some are met soon.
with timed as materialized (
    select p.* from index.period as p
    where p.block <= %(upto)s::bigint / 64 and {beyond} and {times}
    order by {nearest} limit {some})
select n.block, n.bound, row_number() over ()
from ((select p.block, {bound} from timed as p
       where (select count(*) < {some} from timed)
       order by {key} limit {most})
      union all
      (select p.block, {bound} from index.period as p
       where (select count(*) >= {some} from timed)
         and p.block <= %(upto)s::bigint / 64 and {beyond}
         and ({times}) is true -- one by one, in the order
       order by {key} limit {most})) as n (block, bound)

-- through_blocks --
-- What is `asked` of the next blocks; and of all whether too many have it to be listed, and whether more
-- blocks come. There is a row at least.
with next (block, bound, number) as materialized ({next}),
     stretch (blocks, bound, is_common) as materialized (
         select coalesce(array_agg(n.block) filter (where n.number <= %(blocks)s), array[]::bigint[]),
                min(n.bound) filter (where n.number > %(blocks)s),
                coalesce(bool_or(n.block is null), false)
         from next as n),
     asked (id, position, event_time) as ({asked})
select c.id, c.position, c.event_time, s.is_common, s.bound is not null
from stretch as s left join asked as c on true

-- walked_first --
-- The first places that come, in a walk through blocks of the record as it is when this is asked: how far
-- it goes then, the places, whether too many blocks have it to be listed, and whether more blocks come.
-- How far is not told, and no block looked at, where the index has not followed it.
with reached (size, indexed) as materialized ({reach}),
     walked (entry, position, event_time, is_common, is_more) as materialized ({walked})
select r.size, w.positions, w.is_common, w.is_more
from (select case when {followed} then reached.size end from reached) as r (size)
cross join (select array_agg(each.position) filter (where each.position is not null),
                   bool_or(each.is_common), bool_or(each.is_more)
            from walked as each) as w (positions, is_common, is_more)

-- happens_between --
-- Condition on a block: something in it may have happened from a time on and before another.
tstzrange(p.earliest, p.latest, '[]')
    && tstzrange(%(ge_event)s::timestamptz, %(lt_event)s::timestamptz)

-- records_between --
-- Condition on a block: something in it may have been recorded from a time on and before another.
tstzrange(p.recorded_first, p.recorded_last, '[]')
    && tstzrange(%(ge_record)s::timestamptz, %(lt_record)s::timestamptz)

-- happens_from --
-- Condition on a block: something in it may have happened from a time on.
p.latest >= %(ge_event)s

-- happens_before --
-- Condition on a block: something in it may have happened before a time.
p.earliest < %(lt_event)s

-- records_from --
-- Condition on a block: something in it may have been recorded from a time on.
p.recorded_last >= %(ge_record)s

-- records_before --
-- Condition on a block: something in it may have been recorded before a time.
p.recorded_first < %(lt_record)s

-- positions_of_blocks --
-- All places of some blocks.
select b.block * 64 + n.number
from unnest({blocks}::bigint[]) as b (block) cross join generate_series(0, 63) as n (number)

-- unpacked_terms --
-- Rows of terms, their arrays unpacked once: kept apart and pressed, each look at them would unpack them.
select t.block, t.terms || array[]::int[] as terms, t.places || array[]::bigint[] as places
from index.term as t where {which}
offset 0

-- positions_by_terms --
-- Where in blocks the index has terms: `places` are the bits of a block at which all stand, and `rows`
-- the rows of the blocks.
with unpacked (block, terms, places) as ({rows})
select t.block * 64 + bit.number - 1
from unpacked as t
cross join lateral unnest(
    array_positions(string_to_array(reverse(({places})::bit(64)::text), null), '1')
) as bit (number)

-- in_blocks --
-- Condition on a block: it is one of these.
t.block = any ({blocks}::bigint[])

-- in_range --
-- Condition on a block: it lies between two.
t.block between %(first)s and %(last)s

-- in_periods --
-- Condition on a block: of its period hold conditions.
t.block in (select p.block from index.period as p where {periods})

-- places_of_terms --
-- The bits of a block at which one of these terms stands. They ascend, so each is found by halving.
(select bit_or(t.places[found.at])
 from unnest({wanted}::int[]) as w (term)
 cross join lateral width_bucket(w.term, t.terms) as found (at)
 where t.terms[found.at] = w.term)

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
where index.keys_of(a) @> array[index.key_of(w.uri, 0)]
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
-- Where in blocks, by the index, a document of these is named: `which` is a condition on the
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

-- numbered_blocks --
-- Blocks in which one of the names stands, as itself or as what something is stated of: as many as are
-- listed, in no order. The plan is made without knowing the numbers, and goes by the index.
select m.block from index.mention as m
where m.names && (
    select coalesce(array_agg(n.id) || array_agg(-n.id), array[]::int[])
    from unnest(%(names)s::text[]) as w (uri)
    join index.name as n on hashtext(n.uri) = hashtext(w.uri) and n.uri = w.uri)
limit {listed}

-- termed_blocks --
-- Blocks in which all terms stand: as many as are listed, in no order.
select t.block from index.term as t where {which} limit {listed}

-- having_term --
-- Condition on a block: one of these terms stands there. That they are a query of their own keeps them
-- from the planner, who does not know that arrays must be unpacked to be looked through and would rather
-- read the whole table where many have a term; so it goes by the index.
t.terms && (select {wanted}::int[])

-- blocks_of_both --
-- The blocks that two lists have; where one has too many to be listed, those of the other.
with termed (block) as materialized ({termed}),
     named (block) as materialized ({named}),
     many (named, termed) as materialized (
         select (select count(*) from named) >= {listed}, (select count(*) from termed) >= {listed})
select n.block from named as n
where (select not m.named from many as m)
  and ((select m.termed from many as m) or n.block in (select t.block from termed as t))
union all
select t.block from termed as t where (select m.named from many as m)

-- found_by_number --
-- The next of some blocks, where the order is theirs; none but where `looks` hold.
with listed (block) as not materialized ({found})
select p.block, {bound}
from (select distinct l.block from listed as l) as p
where {looks} and p.block <= %(upto)s::bigint / 64 and {beyond}
order by {key} limit {most}

-- found_by_period --
-- The same where that takes their periods. Of a few they are looked up for each, of more all are gone
-- through in the order, as far as it takes.
with listed (block) as not materialized ({found})
(select p.block, {bound}
 from (select distinct l.block from listed as l
       where (select count(*) < {few} from listed)) as l
 cross join lateral (
     select each.* from index.period as each where each.block = l.block
     offset 0 -- each by itself: a plan for more would go through all
 ) as p
 where {looks} and p.block <= %(upto)s::bigint / 64 and {beyond} and {times}
 order by {key} limit {most})
union all
(select p.block, {bound} from index.period as p
 where {looks} and (select count(*) >= {few} from listed)
   and p.block <= %(upto)s::bigint / 64 and {beyond}
   and (p.block in (select l.block from listed as l) and {times}) is true -- one by one, in the order
 order by {key} limit {most})

-- listed_blocks --
-- The same as `next_blocks` of those in which by the index all stands that is asked for; a row without a
-- block if too many have it to be listed.
with found (block) as materialized ({found}),
     common (holds) as materialized (select count(*) >= {listed} from found),
     ordered (block, bound) as ({next})
select n.block, n.bound, row_number() over () from ordered as n
union all
select null, null, 0 from common as c where c.holds

-- of_blocks --
-- Condition on a block of names: it is one of these.
m.block = any ({blocks}::bigint[])

-- with_terms --
-- The bits of a block at which a name stands and all terms do. The last block has several rows, and
-- what stands at a place is in one of them.
named.places & coalesce(
    (with unpacked (block, terms, places) as ({rows}) select bit_or({places}) from unpacked as t), 0)

-- of_named_block --
-- Condition on a block: it is that of a name.
t.block = named.block

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
