-- reach --
-- How far the record goes, and how far the index has followed it.
select
    coalesce((select h.size from ledger.head as h), 0),
    coalesce((select max(c.position) from index.cursor as c), 0);

-- vocabulary --
-- What a reporter last said of each name in its documents, and what the operator sees of all.
select v.*
from index.vocabulary as v
where v.tenant = %(tenant)s and (%(everything)s or v.party = %(party)s::text)
  and v.position <= %(upto)s
  and not exists (
      select from index.vocabulary as later
      where later.tenant = v.tenant and later.party = v.party and later.type = v.type
        and later.name = v.name and later.position > v.position and later.position <= %(upto)s);

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
-- Names that have one of the attributes, by its IRI or the last word of it, with one of the values.
select distinct v.name
from ({{vocabulary}}) as v
cross join jsonb_each(v.attributes) as a (id, value)
where (a.id = any (%(attributes)s::text[])
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

-- entries_with_terms --
-- The same with the terms that the index has of each; none of what it has not followed yet.
select e.id, l.position, e.event_time
from ledger.leaf as l
left join lateral (
    select t.terms from index.term as t where t.position = l.position
    offset 0 -- one after the other, here and below: a join might read them all
) as t on true
cross join lateral (
    select e.id, e.event_time, e.type, e.event_key from record.entry as e
    where e.id = l.entry
      and e.tenant = %(tenant)s and (%(everything)s or e.tags && %(tags)s::bigint[])
    offset 0
) as e
where l.position <= %(upto)s

-- positions_by_terms --
-- Where the index has terms; conditions on these come behind.
select t.position from index.term as t where true

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

-- naming --
-- Condition: by the index, the event names one of these things, documents, parties or places. The
-- index finds names by their hashes; the events are compared with the whole query later.
e.id = any (array( -- an array is found by the index
    select a.entry
    from unnest(%(names)s::text[]) as w (uri)
    cross join lateral (
        select a.entry from index.act as a
        where index.keys(a) @> array[hashtextextended(w.uri, 0)]
        offset 0 -- by the index: a plan for any names would read every act
    ) as a
    union
    select m.entry
    from index.name as n
    join index.mention as m on m.names @> array[n.id]
    where n.uri = any (%(names)s::text[])))

-- not_followed --
-- Condition: the index has not yet followed the record so far, so that any may answer.
l.position > %(indexed)s

-- values --
-- The values of a kind that stand in events that the viewer may see, in order, from one on.
select distinct v.value
from index.value as v
where v.tenant = %(tenant)s and v.kind = %(kind)s and v.value > %(after)s
  and (%(everything)s or v.tag = any (%(own)s::bigint[]))
order by v.value
limit %(limit)s;

-- master_data --
-- Names that master data describe, by type and name, from one on.
select v.type, v.name, v.attributes, v.children, v.party
from ({{vocabulary}}) as v
where (v.type, v.name, v.party) > (%(after_type)s, %(after_name)s, %(after_party)s)
  and (%(types)s::text[] is null or v.type = any (%(types)s::text[]))
  and (%(names)s::text[] is null or v.name = any (%(names)s::text[]))
order by v.type, v.name, v.party
limit %(limit)s;
