-- entries_of_things --
-- The entries that state facts of things, as far as the viewer may see them, and the declarations
-- that took some of them out. What is hidden may not use the limit up, nor tell that it was hit.
with stated as (
    select distinct f.entry
    from index.thing as t
    join index.fact as f on f.thing = t.id
    join record.entry as e on e.id = f.entry
    where t.uri = any (%(uris)s::text[])
      and (e.tenant = %(tenant)s and (%(everything)s or e.tags && %(tags)s::bigint[]))
    order by f.entry
    limit %(most)s
)
select s.entry from stated as s
union
select w.declaration
from stated as s
join index.withdrawal as w on w.entry = s.entry;

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
