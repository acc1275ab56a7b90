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

-- candidates --
-- What may answer a query, in whatever order. The index finds names by their hashes, and the events
-- are compared with the whole query later; what the index has not followed yet may answer too.
select e.id, l.position, e.event_time
from record.entry as e
join ledger.leaf as l on l.entry = e.id
where (e.tenant = %(tenant)s and (%(everything)s or e.tags && %(tags)s::bigint[]))
  and l.position <= %(upto)s
  and (%(types)s::smallint[] is null or e.type = any (%(types)s::smallint[]))
  and (%(ge_event)s::timestamptz is null or e.event_time >= %(ge_event)s)
  and (%(lt_event)s::timestamptz is null or e.event_time < %(lt_event)s)
  and (%(ge_record)s::timestamptz is null or l.at >= %(ge_record)s)
  and (%(lt_record)s::timestamptz is null or l.at < %(lt_record)s)
  and (%(keys)s::bigint[] is null or e.event_key = any (%(keys)s::bigint[]))
  and (%(things)s::text[] is null or e.id = any (array( -- an array is found by the index
      select a.entry
      from unnest(%(things)s::text[]) as t (uri)
      cross join lateral (
          select a.entry from index.act as a
          where index.keys(a) @> array[hashtextextended(t.uri, 0)]
          offset 0 -- by the index: a plan for any names would read every act
      ) as a
      union
      select m.entry
      from index.name as n
      join index.mention as m on m.names @> array[n.id]
      where n.uri = any (%(things)s::text[])
      union
      select n.entry from ledger.leaf as n where n.position > %(indexed)s)));

-- by_position --
-- The next candidates in the order of the record.
select c.id, c.position, c.event_time
from ({{candidates}}) as c
where c.position > %(after)s
order by c.position
limit %(limit)s;

-- by_position_down --
-- The same, newest first.
select c.id, c.position, c.event_time
from ({{candidates}}) as c
where %(after)s < 0 or c.position < %(after)s
order by c.position desc
limit %(limit)s;

-- by_time --
-- The next candidates by the time they happened, then by position.
select c.id, c.position, c.event_time
from ({{candidates}}) as c
where %(after_time)s::timestamptz is null
   or (c.event_time, c.position) > (%(after_time)s::timestamptz, %(after)s)
order by c.event_time, c.position
limit %(limit)s;

-- by_time_down --
-- The same, latest first.
select c.id, c.position, c.event_time
from ({{candidates}}) as c
where %(after_time)s::timestamptz is null
   or (c.event_time, c.position) < (%(after_time)s::timestamptz, %(after)s)
order by c.event_time desc, c.position desc
limit %(limit)s;

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
