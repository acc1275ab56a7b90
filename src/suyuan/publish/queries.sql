-- entries_of_things --
-- The entries that state facts of things, side by side, as far as the viewer may see them, and the
-- declarations that took some of them out. What is hidden may not use the limit up, nor tell that
-- it was hit.
with stated as (
    select distinct t.side, a.entry
    from unnest((select %(uris)s::text[]), (select %(sides)s::int[])) as t (uri, side)
    join index.act as a on index.keys(a) @> array[hashtextextended(t.uri, 0)]
    cross join lateral (
        select from record.entry as e
        where e.id = a.entry
          and (e.tenant = %(tenant)s and (%(everything)s or e.tags && %(tags)s::bigint[]))
        offset 0 -- one entry after the other: a join would read them all
    ) as e
    where starts_with(t.uri, a.head) and substr(t.uri, length(a.head) + 1) = any (a.tails)
), first as (
    select s.side, s.entry
    from (select s.*, row_number() over (partition by s.side order by s.entry) from stated as s)
        as s (side, entry, place)
    where s.place <= %(most)s
)
select f.side, f.entry from first as f
union
select f.side, w.declaration
from first as f
join index.withdrawal as w on w.entry = f.entry;

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
