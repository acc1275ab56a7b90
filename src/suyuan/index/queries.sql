-- lock --
-- One follower at a time; the transaction holds it.
select pg_advisory_xact_lock(7235411, 1);

-- cursor --
-- How far a projection has followed the record.
select position from index.cursor where projection = %(projection)s;

-- advance --
-- Remember how far a projection has followed.
insert into index.cursor (projection, position) values (%(projection)s, %(position)s)
on conflict (projection) do update set position = excluded.position;

-- clear --
-- Forget every projection; the record makes them again.
truncate index.cursor, index.act, index.name, index.mention, index.holder, index.withdrawal,
         index.declaration, index.link, index.vocabulary,
         index.value, index.shown, index.term, index.period restart identity;

-- intern_names --
-- Give every name of a batch its number, once: there is one writer, who holds the lock.
insert into index.name (uri)
select g.uri from unnest(%(uris)s::text[]) as g (uri)
where not exists (
    select from index.name as n where hashtext(n.uri) = hashtext(g.uri) and n.uri = g.uri
);

-- name_numbers --
-- The numbers of names.
select n.uri, n.id
from unnest(%(uris)s::text[]) as g (uri)
join index.name as n on hashtext(n.uri) = hashtext(g.uri) and n.uri = g.uri;

-- intern_holders --
-- Give every pair of party and site of a batch its number, once.
insert into index.holder (party, site)
select distinct party, site
from unnest(%(parties)s::text[], %(sites)s::text[]) as given (party, site)
on conflict (party, site) do nothing;

-- holder_numbers --
-- The numbers of pairs; an unknown half is null and equals an unknown half here only.
select h.party, h.site, h.id
from index.holder as h
join (
    select distinct party, site
    from unnest(%(parties)s::text[], %(sites)s::text[]) as given (party, site)
) as g on h.party is not distinct from g.party and h.site is not distinct from g.site;

-- copy_acts --
-- Binary COPY of a batch's acts.
copy index.act (
    entry, position, lo, hi, arrived_lo, arrived_hi, before, after, kind, side, grain, held,
    instrument, inferred, unit, parent, flow, other, lot, documents, tenant, capturer, copy_key,
    line, head, tails, quantity, quantities
) from stdin (format binary);

-- copy_mentions --
-- Binary COPY of blocks of mentions.
copy index.mention (block, names, places) from stdin (format binary);

-- take_mentions --
-- Take out what stands of a block, if it has so many rows, to be written again as one.
delete from index.mention
where block = %(block)s
  and (select count(*) from index.mention where block = %(block)s) >= %(least)s
returning block, names, places;

-- copy_links --
-- Binary COPY of a batch's holder-to-holder links.
copy index.link (source, target, departure, arrival, position, entry, lines)
from stdin (format binary);

-- add_declarations --
-- Error declarations met in a batch, still to be judged.
insert into index.declaration (entry, position, event_key, capturer, effective)
select e.id, l.position, e.event_key, e.capturer, false
from record.entry as e
join ledger.leaf as l on l.entry = e.id
where e.id = any (%(entries)s::bigint[])
on conflict (entry) do nothing;

-- candidates --
-- Originals that a declaration of the same organisation may speak of, either one being new.
with pairs as (
    select d.entry as declaration, d.position as declared, e.id as original
    from index.declaration as d
    join record.entry as e on e.event_key = d.event_key and e.capturer = d.capturer
    where d.entry = any (%(entries)s::bigint[])
    union -- not "or": that would read every declaration there ever was, for each batch
    select d.entry, d.position, e.id
    from record.entry as e
    join index.declaration as d on d.event_key = e.event_key and d.capturer = e.capturer
    where e.id = any (%(entries)s::bigint[])
)
select p.declaration, p.declared, p.original, l.position
from pairs as p
join ledger.leaf as l on l.entry = p.original
where p.original <> p.declaration
  and l.position <= %(position)s
  and not exists (select from index.declaration as other where other.entry = p.original);

-- withdraw --
-- An original is gone from the position at which both it and its declaration were there.
insert into index.withdrawal (entry, position, declaration)
select distinct on (original) original, position, declaration
from unnest(%(originals)s::bigint[], %(positions)s::bigint[], %(declarations)s::bigint[])
    as given (original, position, declaration)
order by original, position
on conflict (entry) do update
    set position = excluded.position, declaration = excluded.declaration
    where excluded.position < index.withdrawal.position;

-- mark_effective --
-- These declarations came from the organisation that captured the original.
update index.declaration set effective = true where entry = any (%(declarations)s::bigint[]);

-- keep_vocabulary --
-- What a reporter's document says of a name.
insert into index.vocabulary (tenant, party, type, name, position, attributes, children)
values (%(tenant)s, %(party)s, %(type)s, %(name)s, %(position)s, %(attributes)s::jsonb,
        %(children)s)
on conflict do nothing;

-- keep_values --
-- Give every value of a batch its number, once: there is one writer, who holds the lock.
insert into index.value (tenant, kind, value)
select distinct g.*
from unnest(%(tenants)s::int[], %(kinds)s::smallint[], %(values)s::text[])
    as g (tenant, kind, value)
where not exists (
    select from index.value as v
    where v.tenant = g.tenant and v.kind = g.kind and v.value = g.value)
order by g.tenant, g.kind, g.value;

-- keep_shown --
-- Note which values the events with a tag show; what was noted before costs nothing.
insert into index.shown (tag, block, places)
select g.tag, v.id >> 10, array_agg(distinct (v.id & 1023)::smallint)
from unnest(%(tenants)s::int[], %(kinds)s::smallint[], %(values)s::text[], %(tags)s::bigint[])
    as g (tenant, kind, value, tag)
join index.value as v on v.tenant = g.tenant and v.kind = g.kind and v.value = g.value
group by 1, 2
order by 1, 2
on conflict (tag, block) do update
    set places = array(
        select unnest(index.shown.places) union select unnest(excluded.places) order by 1)
    where not index.shown.places @> excluded.places;

-- copy_terms --
-- Binary COPY of blocks of terms.
copy index.term (block, terms, places) from stdin (format binary);

-- take_terms --
-- Take out what stands of a block, if it has so many rows, to be written again as one.
delete from index.term
where block = %(block)s
  and (select count(*) from index.term where block = %(block)s) >= %(least)s
returning block, terms, places;

-- keep_periods --
-- Widen the periods of blocks to what a batch says.
insert into index.period as kept (block, earliest, latest, recorded_first, recorded_last)
select g.*
from unnest(%(blocks)s::bigint[], %(earliest)s::timestamptz[], %(latest)s::timestamptz[],
            %(recorded_first)s::timestamptz[], %(recorded_last)s::timestamptz[]) as g
on conflict (block) do update
    set earliest = least(kept.earliest, excluded.earliest),
        latest = greatest(kept.latest, excluded.latest),
        recorded_first = least(kept.recorded_first, excluded.recorded_first),
        recorded_last = greatest(kept.recorded_last, excluded.recorded_last);

-- periods_between --
-- Periods of the blocks that a range of positions is in.
select block, earliest, latest, recorded_first, recorded_last from index.period
where block between %(first)s / 64 and %(last)s / 64;

-- acts_between --
-- Acts of a range of positions, in the order of columns that `copy_acts` has.
select entry, position, lo, hi, arrived_lo, arrived_hi, before, after, kind, side, grain, held,
       instrument, inferred, unit, parent, flow, other, lot, documents, tenant, capturer, copy_key,
       line, head, tails, quantity, quantities
from index.act where position between %(first)s and %(last)s;

-- links_between --
-- Links of a range of positions.
select source, target, departure, arrival, position, entry, lines
from index.link where position between %(first)s and %(last)s;

-- terms_between --
-- Terms of the blocks that a range of positions is in.
select block, terms, places from index.term
where block between %(first)s / 64 and %(last)s / 64;

-- mentions_between --
-- Mentions of the blocks that a range of positions is in.
select block, names, places from index.mention
where block between %(first)s / 64 and %(last)s / 64;

-- strays --
-- Where rows stand beyond a position, or before the first.
select 'act', position from index.act where position > %(position)s
union
select 'link', position from index.link where position > %(position)s
union
select kept.what, place.position
from (
    select 'term', block, places from index.term
    union all
    select 'mention', block, places from index.mention
) as kept (what, block, places)
cross join lateral unnest(kept.places) as each (bits)
cross join lateral unnest(
    array_positions(string_to_array(reverse(each.bits::bit(64)::text), null), '1')
) as bit (number)
cross join lateral (select kept.block * 64 + bit.number - 1) as place (position)
where not kept.block between 0 and %(position)s / 64 - 1
  and not place.position between 1 and %(position)s
order by 1, 2;

-- every_declaration --
-- All error declarations, as kept: where they stand, whose they are, whether they took something out.
select entry, position, event_key, capturer, effective from index.declaration;

-- declarations_made --
-- The same, as the record has them; whether they took something out is told by their originals.
select e.id, l.position, e.event_key, e.capturer
from record.entry as e join ledger.leaf as l on l.entry = e.id
where e.id = any (%(entries)s::bigint[]);

-- every_withdrawal --
-- All originals that are gone, from where on, and by which declaration.
select entry, position, declaration from index.withdrawal;

-- declared_pairs --
-- Declarations and the originals of the same organisation that they speak of.
select d.id, dl.position, o.id, ol.position
from record.entry as d
join ledger.leaf as dl on dl.entry = d.id
join record.entry as o
    on o.event_key = d.event_key and o.capturer = d.capturer and o.id <> d.id
join ledger.leaf as ol on ol.entry = o.id
where d.id = any (%(entries)s::bigint[]) and ol.position <= %(position)s
  and not (o.id = any (%(entries)s::bigint[]));

-- every_vocabulary --
-- All names that documents described, and what they said of them.
select tenant, party, type, name, position, attributes::text, children from index.vocabulary;

-- every_value --
-- All listed values.
select v.tenant, v.kind, v.value, s.tag
from index.shown as s
cross join unnest(s.places) as p (place)
left join index.value as v on v.id = s.block * 1024 + p.place
union all
select v.tenant, v.kind, v.value, null
from index.value as v
where not exists (
    select from index.shown as s
    where s.block = v.id >> 10 and s.places @> array[(v.id & 1023)::smallint]);

-- of_steps --
-- Entries of some steps that happened by a time and stand: neither declared wrong nor declaring so.
-- The latest come first; no more than so many. Of each step no more than that are read: bounds and
-- order are those of the index `entry_step_hash`, whatever the planner takes for rare or frequent.
select found.id
from (
    select s.family, s.step, hashtext(s.family || ' ' || s.step) as hash
    from unnest(%(families)s::text[], %(steps)s::text[]) as s (family, step)
) as asked
cross join lateral (
    select e.id
    from record.entry as e
    join ledger.leaf as l on l.entry = e.id
    where e.step is not null
      and (e.tenant, hashtext(e.family || ' ' || e.step), e.id) > (%(tenant)s, asked.hash, 0)
      and (e.tenant, hashtext(e.family || ' ' || e.step), e.id)
          <= (%(tenant)s, asked.hash, 9223372036854775807)
      and e.family = asked.family and e.step = asked.step
      and e.event_time <= %(until)s
      and l.position <= (select coalesce(max(c.position), -1) from index.cursor as c)
      and not exists (select from index.withdrawal as w where w.entry = e.id)
      and not exists (select from index.declaration as d where d.entry = e.id)
    order by e.tenant desc, hashtext(e.family || ' ' || e.step) desc, e.id desc limit %(limit)s
) as found
order by found.id desc limit %(limit)s;

-- of_steps_by --
-- The same of one reporter, apart from the one before: a plan kept for both would read them all.
select found.id
from (
    select s.family, s.step, hashtext(s.family || ' ' || s.step) as hash
    from unnest(%(families)s::text[], %(steps)s::text[]) as s (family, step)
) as asked
cross join lateral (
    select e.id
    from record.entry as e
    join ledger.leaf as l on l.entry = e.id
    where e.step is not null
      and (e.tenant, hashtext(e.family || ' ' || e.step), e.id) > (%(tenant)s, asked.hash, 0)
      and (e.tenant, hashtext(e.family || ' ' || e.step), e.id)
          <= (%(tenant)s, asked.hash, 9223372036854775807)
      and e.family = asked.family and e.step = asked.step
      and e.event_time <= %(until)s
      and e.capturer = (
          select p.id from registry.party as p
          where p.tenant = %(tenant)s and p.uri = %(party)s)
      and l.position <= (select coalesce(max(c.position), -1) from index.cursor as c)
      and not exists (select from index.withdrawal as w where w.entry = e.id)
      and not exists (select from index.declaration as d where d.entry = e.id)
    order by e.tenant desc, hashtext(e.family || ' ' || e.step) desc, e.id desc limit %(limit)s
) as found
order by found.id desc limit %(limit)s;

-- of_steps_on --
-- The same of everybody after an entry, the first ones first.
select found.id
from (
    select s.family, s.step, hashtext(s.family || ' ' || s.step) as hash
    from unnest(%(families)s::text[], %(steps)s::text[]) as s (family, step)
) as asked
cross join lateral (
    select e.id
    from record.entry as e
    join ledger.leaf as l on l.entry = e.id
    where e.step is not null
      and (e.tenant, hashtext(e.family || ' ' || e.step), e.id)
          > (%(tenant)s, asked.hash, %(after)s)
      and (e.tenant, hashtext(e.family || ' ' || e.step), e.id)
          <= (%(tenant)s, asked.hash, 9223372036854775807)
      and e.family = asked.family and e.step = asked.step
      and e.event_time <= %(until)s
      and l.position <= (select coalesce(max(c.position), -1) from index.cursor as c)
      and not exists (select from index.withdrawal as w where w.entry = e.id)
      and not exists (select from index.declaration as d where d.entry = e.id)
    order by e.tenant, hashtext(e.family || ' ' || e.step), e.id limit %(limit)s
) as found
order by found.id limit %(limit)s;
