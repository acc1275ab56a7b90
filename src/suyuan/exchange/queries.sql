-- reach --
-- How far the record goes, and how far the index has followed it.
select
    coalesce((select h.size from ledger.head as h), 0),
    coalesce((select max(c.position) from index.cursor as c), 0);

-- by_position --
-- The next candidates in the order of the record.
select e.id, l.position, e.event_time
from record.entry as e
join ledger.leaf as l on l.entry = e.id
where (e.tenant = %(tenant)s and (%(everything)s or e.tags && %(tags)s::bigint[]))
  and l.position > %(after)s and l.position <= %(upto)s
  and (%(types)s::smallint[] is null or e.type = any (%(types)s::smallint[]))
  and (%(ge_event)s::timestamptz is null or e.event_time >= %(ge_event)s)
  and (%(lt_event)s::timestamptz is null or e.event_time < %(lt_event)s)
  and (%(ge_record)s::timestamptz is null or l.at >= %(ge_record)s)
  and (%(lt_record)s::timestamptz is null or l.at < %(lt_record)s)
  and (%(things)s::text[] is null or e.id in (
      select f.entry from index.fact as f join index.thing as t on t.id = f.thing
      where t.uri = any (%(things)s::text[])
      union
      select m.entry from index.mention as m join index.thing as t on t.id = m.thing
      where t.uri = any (%(things)s::text[])
      union
      select n.entry from ledger.leaf as n where n.position > %(indexed)s))
order by l.position
limit %(limit)s;

-- by_position_down --
-- The same, newest first.
select e.id, l.position, e.event_time
from record.entry as e
join ledger.leaf as l on l.entry = e.id
where (e.tenant = %(tenant)s and (%(everything)s or e.tags && %(tags)s::bigint[]))
  and (%(after)s < 0 or l.position < %(after)s) and l.position <= %(upto)s
  and (%(types)s::smallint[] is null or e.type = any (%(types)s::smallint[]))
  and (%(ge_event)s::timestamptz is null or e.event_time >= %(ge_event)s)
  and (%(lt_event)s::timestamptz is null or e.event_time < %(lt_event)s)
  and (%(ge_record)s::timestamptz is null or l.at >= %(ge_record)s)
  and (%(lt_record)s::timestamptz is null or l.at < %(lt_record)s)
  and (%(things)s::text[] is null or e.id in (
      select f.entry from index.fact as f join index.thing as t on t.id = f.thing
      where t.uri = any (%(things)s::text[])
      union
      select m.entry from index.mention as m join index.thing as t on t.id = m.thing
      where t.uri = any (%(things)s::text[])
      union
      select n.entry from ledger.leaf as n where n.position > %(indexed)s))
order by l.position desc
limit %(limit)s;

-- by_time --
-- The next candidates by the time they happened, then by position.
select e.id, l.position, e.event_time
from record.entry as e
join ledger.leaf as l on l.entry = e.id
where (e.tenant = %(tenant)s and (%(everything)s or e.tags && %(tags)s::bigint[]))
  and l.position <= %(upto)s
  and (%(after_time)s::timestamptz is null
       or (e.event_time, l.position) > (%(after_time)s::timestamptz, %(after)s))
  and (%(types)s::smallint[] is null or e.type = any (%(types)s::smallint[]))
  and (%(ge_event)s::timestamptz is null or e.event_time >= %(ge_event)s)
  and (%(lt_event)s::timestamptz is null or e.event_time < %(lt_event)s)
  and (%(ge_record)s::timestamptz is null or l.at >= %(ge_record)s)
  and (%(lt_record)s::timestamptz is null or l.at < %(lt_record)s)
  and (%(things)s::text[] is null or e.id in (
      select f.entry from index.fact as f join index.thing as t on t.id = f.thing
      where t.uri = any (%(things)s::text[])
      union
      select m.entry from index.mention as m join index.thing as t on t.id = m.thing
      where t.uri = any (%(things)s::text[])
      union
      select n.entry from ledger.leaf as n where n.position > %(indexed)s))
order by e.event_time, l.position
limit %(limit)s;

-- by_time_down --
-- The same, latest first.
select e.id, l.position, e.event_time
from record.entry as e
join ledger.leaf as l on l.entry = e.id
where (e.tenant = %(tenant)s and (%(everything)s or e.tags && %(tags)s::bigint[]))
  and l.position <= %(upto)s
  and (%(after_time)s::timestamptz is null
       or (e.event_time, l.position) < (%(after_time)s::timestamptz, %(after)s))
  and (%(types)s::smallint[] is null or e.type = any (%(types)s::smallint[]))
  and (%(ge_event)s::timestamptz is null or e.event_time >= %(ge_event)s)
  and (%(lt_event)s::timestamptz is null or e.event_time < %(lt_event)s)
  and (%(ge_record)s::timestamptz is null or l.at >= %(ge_record)s)
  and (%(lt_record)s::timestamptz is null or l.at < %(lt_record)s)
  and (%(things)s::text[] is null or e.id in (
      select f.entry from index.fact as f join index.thing as t on t.id = f.thing
      where t.uri = any (%(things)s::text[])
      union
      select m.entry from index.mention as m join index.thing as t on t.id = m.thing
      where t.uri = any (%(things)s::text[])
      union
      select n.entry from ledger.leaf as n where n.position > %(indexed)s))
order by e.event_time desc, l.position desc
limit %(limit)s;
