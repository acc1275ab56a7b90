-- entries_of_things --
-- The newest entries that state facts of things, as far as the viewer may see them; of the older
-- ones those that a verdict may hang on: what changes marks, how the thing (`subject`) was made, what
-- is held or flagged of it; and the declarations that took some of all these out. With them, how many
-- older ones are neither among these nor `linked`, and whether even these were too many. What is hidden may not use the limit up, nor tell that it was hit.
with stated as materialized (
    select f.entry, max(e.event_time) as at,
           case when bool_or(m.entry is not null) then 3
                when bool_or(t.uri = %(subject)s and (f.kind = %(made)s or f.held)) then 2
                when bool_or(t.uri = %(subject)s and e.verdict = %(flagged)s) then 1
                else 0 end as weight
    from index.thing as t
    join index.fact as f on f.thing = t.id
    join record.entry as e on e.id = f.entry
    left join state.event as m on m.entry = f.entry
        and (m.marks_set is not null or m.marks_cleared is not null)
    where t.uri = any (%(uris)s::text[])
      and (e.tenant = %(tenant)s and (%(everything)s or e.tags && %(tags)s::bigint[]))
    group by f.entry
),
newest as (
    select s.entry from stated as s order by s.at desc, s.entry desc limit %(most)s
),
weighty as (
    select s.entry from stated as s where s.weight > 0
    order by s.weight desc, s.at desc, s.entry desc limit %(most)s
),
shown as (
    select n.entry from newest as n union select w.entry from weighty as w
)
select s.entry,
       (select count(*) from (
            select t.entry from stated as t
            except select w.entry from shown as w
            except select unnest(%(linked)s::bigint[])
        ) as older),
       (select count(*) from stated as s where s.weight > 0) > %(most)s
from (
    select h.entry from shown as h
    union
    select w.declaration
    from shown as h
    join index.withdrawal as w on w.entry = h.entry
) as s;

-- withdrawn --
-- Which of these entries were declared wrong by their own reporter.
select w.entry from index.withdrawal as w where w.entry = any (%(entries)s::bigint[]);

-- titles --
-- Registered names of parties and sites.
select p.uri, p.name_zh, p.name_en
from registry.party as p
where p.tenant = %(tenant)s and p.uri = any (%(uris)s::text[])
union all
select s.uri, s.name_zh, s.name_en
from registry.site as s
where s.tenant = %(tenant)s and s.uri = any (%(uris)s::text[]);

-- followed --
-- The position the index has followed the record to.
select coalesce(max(c.position), 0) from index.cursor as c;
