-- entries_of_things --
-- The newest entries that state facts of things or are `linked`, side by side, as far as the viewer
-- may see them; of the older ones those that a verdict may hang on: what changes marks, how the thing
-- (`subject`) was made, what is held, overridden or flagged of it; and the declarations that took some of all
-- these out. With each side, how many older ones there are, and whether even these were too many.
-- What is hidden may not use the limit up, nor tell that it was hit.
with stated as materialized (
    select t.side, a.entry, max(e.event_time) as at,
           case when bool_or(e.marks) then 3
                when bool_or(t.uri = %(subject)s
                             and (a.kind = %(made)s or a.held or e.is_overridden)) then 2
                when bool_or(t.uri = %(subject)s and e.verdict = %(flagged)s) then 1
                else 0 end as weight
    from unnest((select %(uris)s::text[]), (select %(sides)s::int[])) as t (uri, side)
    cross join lateral (
        select * from index.act as a where index.keys_of(a) @> array[index.key_of(t.uri, 0)]
        offset 0 -- by the index: a plan for any names would read every act
    ) as a
    cross join lateral (
        select e.event_time, e.verdict,
               exists (select from state.event as m where m.entry = a.entry
                       and (m.marks_set is not null or m.marks_cleared is not null)) as marks,
               exists (select from record.override as o where o.entry = a.entry) as is_overridden
        from record.entry as e
        where e.id = a.entry
          and (e.tenant = %(tenant)s and (%(everything)s or e.tags && %(tags)s::bigint[]))
        offset 0 -- one entry after the other: a join would read them all
    ) as e
    where starts_with(t.uri, a.head) and substr(t.uri, length(a.head) + 1) = any (index.tails(a.tails))
    group by t.side, a.entry
), carried as (
    select l.side, l.entry, e.event_time as at, 0 as weight
    from (select distinct * from unnest(%(linked)s::bigint[], %(linked_sides)s::int[]))
        as l (entry, side)
    join record.entry as e on e.id = l.entry
    where e.tenant = %(tenant)s and (%(everything)s or e.tags && %(tags)s::bigint[])
      and not exists (select from stated as s where s.side = l.side and s.entry = l.entry)
), placed as (
    select s.*,
           row_number() over (partition by s.side order by s.at desc, s.entry desc) as place,
           row_number() over (partition by s.side
                              order by s.weight desc, s.at desc, s.entry desc) as rank
    from (select * from stated union all select * from carried) as s
), weighed as (
    select p.side, p.entry, p.weight,
           p.place <= %(most)s or (p.weight > 0 and p.rank <= %(most)s) as is_shown
    from placed as p
), shown as (
    select w.side, w.entry from weighed as w where w.is_shown
), told as (
    select w.side, count(*) filter (where not w.is_shown) as older,
           count(*) filter (where w.weight > 0) > %(most)s as cut
    from weighed as w group by w.side
)
select h.side, h.entry, t.older, t.cut
from (
    select side, entry from shown
    union
    select s.side, w.declaration
    from shown as s join index.withdrawal as w on w.entry = s.entry
) as h join told as t on t.side = h.side;

-- withdrawn --
-- Which of these entries were declared wrong by their own reporter.
select w.entry from index.withdrawal as w where w.entry = any (%(entries)s::bigint[]);

-- titles --
-- Registered names of parties and sites; who is known by a code alone has none.
select p.uri, p.name_zh, p.name_en
from registry.party as p
where p.tenant = %(tenant)s and p.uri = any (%(uris)s::text[]) and p.name_zh <> p.uri
union all
select s.uri, s.name_zh, s.name_en
from registry.site as s
where s.tenant = %(tenant)s and s.uri = any (%(uris)s::text[]);
