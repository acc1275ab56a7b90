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
         index.value, index.term restart identity;

-- intern_names --
-- Give every name of a batch its number, once: there is one writer, who holds the lock.
insert into index.name (uri)
select g.uri from unnest(%(uris)s::text[]) as g (uri)
where not exists (select from index.name as n where n.uri = g.uri);

-- name_numbers --
-- The numbers of names.
select uri, id from index.name where uri = any (%(uris)s::text[]);

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
    instrument, inferred, unit, parent, flow, other, lot, documents, line, head, tails, quantities
) from stdin (format binary);

-- copy_mentions --
-- Binary COPY of a batch's mentions.
copy index.mention (entry, states, names) from stdin (format binary);

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
-- Values of events with the tags that show them.
insert into index.value (tenant, kind, value, tag)
select * from unnest(%(tenants)s::int[], %(kinds)s::smallint[], %(values)s::text[],
                     %(tags)s::bigint[])
on conflict do nothing;

-- copy_terms --
-- Binary COPY of a batch's terms.
copy index.term (position, terms) from stdin (format binary);

-- acts_between --
-- Acts of a range of positions, in the order of columns that `copy_acts` has.
select entry, position, lo, hi, arrived_lo, arrived_hi, before, after, kind, side, grain, held,
       instrument, inferred, unit, parent, flow, other, lot, documents, line, head, tails, quantities
from index.act where position between %(first)s and %(last)s;

-- links_between --
-- Links of a range of positions.
select source, target, departure, arrival, position, entry, lines
from index.link where position between %(first)s and %(last)s;

-- terms_between --
-- Terms of a range of positions.
select position, terms from index.term where position between %(first)s and %(last)s;

-- mentions_of --
-- What entries mention.
select m.entry, m.states, m.names
from index.mention as m join unnest(%(entries)s::bigint[]) as e (entry) on e.entry = m.entry;

-- strays --
-- Rows beyond a position, or of entries that are not in the record.
select 'act', position from index.act where position > %(position)s
union
select 'link', position from index.link where position > %(position)s
union
select 'term', position from index.term where position > %(position)s
union
select 'mention', null from index.mention as m
where not exists (
    select from ledger.leaf as l join record.entry as e on e.id = l.entry
    where l.entry = m.entry and l.position <= %(position)s
)
order by 1, 2;

-- every_declaration --
-- The entries of all error declarations.
select entry from index.declaration;

-- every_withdrawal --
-- All originals that are gone, and from where on.
select entry, position from index.withdrawal;

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
-- All names that documents described.
select tenant, party, type, name, position from index.vocabulary;

-- every_value --
-- All listed values.
select tenant, kind, value, tag from index.value;
