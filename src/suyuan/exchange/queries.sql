-- reach --
-- How far the record goes, and how far the index has followed it.
select
    coalesce((select h.size from ledger.head as h), 0),
    coalesce((select max(c.position) from index.cursor as c), 0);

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
  and (%(things)s::text[] is null or e.id = any (array( -- an array is found by the index
      select a.entry
      from unnest(%(things)s::text[]) as t (uri)
      join index.act as a on index.keys(a) @> array[hashtextextended(t.uri, 0)]
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
