-- known --
-- Events recorded before, by their identities.
select identity, digest, id, verdict, raw_length, normal_length, body from record.entry
where identity = any(%(identities)b);

-- keep_head --
-- Keep the bytes around a document's events; the same bytes are kept once.
with known as (
    select id from record.head where digest = %(digest)s
), kept as (
    insert into record.head (digest, body, context)
    select %(digest)s, %(body)s, %(context)s where not exists (select 1 from known)
    on conflict (digest) do update set digest = excluded.digest
    returning id
)
select id from known union all select id from kept;

-- draw_entries --
-- Numbers for new entries, ascending; the sequence is looked up once.
with drawn as materialized (
    select pg_get_serial_sequence('record.entry', 'id')::regclass as numbers
)
select nextval(drawn.numbers) from drawn, generate_series(1, %(count)s);

-- append --
-- Write entries, in the order of their identities, so that two writers never wait in a circle.
copy record.entry (id, tenant, kind, capturer, type, verdict, event_time, event_key, identity,
                   digest, job, ordinal, head, family, step, tags, raw_length, normal_length,
                   body, secret)
from stdin (format binary);

-- has_dictionary --
-- Whether a dictionary is kept.
select from record.dictionary where id = %(id)s;

-- keep_dictionary --
-- Keep a dictionary for as long as bodies name it.
insert into record.dictionary (id, body) values (%(id)s, %(body)s) on conflict (id) do nothing;

-- dictionary --
-- A dictionary by the number that frames give.
select body from record.dictionary where id = %(id)s;

-- follow --
-- The next entries after a position, in order: at least one, and no more than are begun within
-- so many bytes.
with ahead as (
    select l.position, l.at, e.*
    from ledger.leaf as l join record.entry as e on e.id = l.entry
    where l.position > %(position)s order by l.position limit %(limit)s
), counted as (
    select a.*, sum(a.raw_length::bigint + a.normal_length) over (order by a.position)
           - a.raw_length - a.normal_length as before
    from ahead as a
)
select e.position, e.at, e.id, e.tenant, e.capturer, e.verdict, e.event_key, e.digest, e.job,
       e.ordinal, e.head, e.family, e.step, e.tags, e.raw_length, e.normal_length, e.body, p.uri,
       case when row_number() over alike = 1 then h.body end,
       case when row_number() over alike = 1 then h.context::text end
from counted as e
left join record.head as h on h.id = e.head
left join registry.party as p on p.id = e.capturer
where e.before < %(bytes)s
window alike as (partition by e.head order by e.position)
order by e.position;

-- recorded --
-- What is read of entries, as far as the viewer may see them; conditions come behind. What is around the
-- events of a document comes with the first of those that follow one another. It is looked up for each, so
-- that a plan made while the other tables were small is good when they are large.
select l.position, l.at, e.id, e.tenant, e.capturer, e.verdict, e.event_key, e.digest, e.job,
       e.ordinal, e.head, e.family, e.step, e.tags, e.raw_length, e.normal_length, e.body,
       (select p.uri from registry.party as p where p.id = e.capturer) as uri,
       case when lag(e.head) over (order by l.position) is distinct from e.head
            then (select h.body from record.head as h where h.id = e.head) end as around,
       case when lag(e.head) over (order by l.position) is distinct from e.head
            then (select h.context::text from record.head as h where h.id = e.head) end as context,
       exists (select from record.override as o where o.entry = e.id) as is_overridden
from ledger.leaf as l
join record.entry as e on e.id = l.entry
where (e.tenant = %(tenant)s and (%(everything)s or e.tags && %(tags)s::bigint[]))

-- by_entries --
-- Entries by their numbers. As in all that follow here, what is asked for is out of the planner's sight: a
-- plan for it would be no better than one for any, and to make it takes longer than to find an event.
{{recorded}}
  and e.id = any (array(select unnest(%(entries)s::bigint[])))
order by l.position;

-- by_positions --
-- Entries by their places in the ledger.
{{recorded}}
  and l.position = any (array(select unnest(%(positions)s::bigint[])))
order by l.position;

-- by_event_keys --
-- What bears some event ids (by their hashes), and how far the record went then.
select r.*, coalesce((select h.size from ledger.head as h), 0)
from (
    {{recorded}}
      and e.event_key = any (array(select unnest(%(event_keys)s::bigint[])))
) as r
order by r.position
limit %(most)s;

-- at_positions --
-- What stands at the positions that another statement finds, if they are fewer than `most`. How far the
-- record went then, and how many they are, is told in any case.
with found (size, positions) as materialized (
    select coalesce((select h.size from ledger.head as h), 0), array({which})
)
select r.*, found.size, cardinality(found.positions)
from found
left join lateral (
    {{recorded}}
      and l.position = any (found.positions) and cardinality(found.positions) < %(most)s
) as r on true;

-- at_walked --
-- What stands at the positions that another statement gives in an array, which says beside them how far the
-- record went then, if it looked, and how that went. These are told in any case.
with found (size, positions, is_common, is_more) as materialized ({which})
select r.*, found.size, found.is_common, found.is_more
from found
left join lateral (
    {{recorded}}
      and l.position = any (found.positions)
) as r on true;

-- acts --
-- What bears some event ids (by their hashes) and the viewer may see, with the account it came by;
-- also what has no position yet.
select e.family, e.step, j.account, e.capturer, e.raw_length, e.normal_length, e.body
from record.entry as e join capture.job as j on j.id = e.job
where e.event_key = any(%(event_keys)s)
  and (e.tenant = %(tenant)s and (%(everything)s or e.tags && %(tags)s::bigint[]))
order by e.id;

-- named --
-- Where those of these entries stand that the viewer may see; also what has no position yet.
select e.id, l.position
from record.entry as e
left join ledger.leaf as l on l.entry = e.id
where e.id = any (array(select unnest(%(entries)b::bigint[])))
  and (e.tenant = %(tenant)s and (%(everything)s or e.tags && %(tags)s::bigint[]));

-- logged --
-- Entries with all that their leaves commit to, by their positions.
select l.position, e.id, e.tenant, e.capturer, e.verdict, e.event_key, e.digest, e.job, e.ordinal,
       e.head, e.family, e.step, e.tags, e.raw_length, e.normal_length, e.body, e.secret,
       e.type, e.event_time, e.identity, h.body, j.received_at, l.commitment, l.at, l.entry
from ledger.leaf as l
left join record.entry as e on e.id = l.entry
left join record.head as h on h.id = e.head
left join capture.job as j on j.id = e.job
where l.position between %(first)s and %(last)s
order by l.position;

-- unlogged --
-- Entries, and decisions to destroy some, that have no leaf and do not wait for one.
select e.id
from (select id from record.entry union all select number from record.erasure) as e (id)
where not exists (select from ledger.leaf as l where l.entry = e.id)
  and not exists (select from ledger.queue as q where e.id = any (q.entries))
order by e.id limit %(limit)s;

-- answered --
-- What is on record under some numbers and who reported it; whether it has a leaf or waits for one.
select n.entry, e.verdict, e.event_key, e.job, e.ordinal, e.tenant, p.uri,
       e.raw_length, e.normal_length, e.body,
       exists (select from ledger.leaf as l where l.entry = n.entry)
       or exists (select from ledger.queue as q where n.entry = any (q.entries))
from unnest(%(entries)s::bigint[]) as n (entry)
left join record.entry as e on e.id = n.entry
left join registry.party as p on p.id = e.capturer;

-- destroy --
-- Take entries out of the record, with their content and the secrets of their salts.
delete from record.entry where id = any (%(entries)s);

-- forget_heads --
-- Forget the bytes around documents of which no entry is left.
delete from record.head as h
where h.id = any (%(heads)s) and not exists (select from record.entry as e where e.head = h.id);

-- hold_heads --
-- The heads of entries, locked: whoever records with one of them meanwhile is waited for.
select id from record.head
where id in (select head from record.entry where id = any (%(entries)s))
order by id for update;

-- keep_erasure --
-- Keep what was decided.
insert into record.erasure (number, entries, jobs, said, secret)
values (%(number)s, %(entries)s, %(jobs)s, %(said)s, %(secret)s);

-- erasures --
-- What was destroyed, by all decisions or one, with its positions and that of the decision.
select x.number, x.said, x.secret, l.position, l.commitment,
       (select coalesce(array_agg(o.position order by o.position), '{}')
        from ledger.leaf as o where o.entry = any (x.entries))
from record.erasure as x left join ledger.leaf as l on l.entry = x.number
where %(number)s::bigint is null or x.number = %(number)s
order by x.number;

-- erasures_of --
-- The same of the decisions that name what is at a position: of most positions none.
select x.number, x.said, x.secret, l.position, l.commitment,
       (select coalesce(array_agg(o.position order by o.position), '{}')
        from ledger.leaf as o where o.entry = any (x.entries))
from ledger.leaf as gone join record.erasure as x on x.entries @> array[gone.entry]
left join ledger.leaf as l on l.entry = x.number
where gone.position = %(position)s
order by x.number;

-- decided --
-- What was decided, as it is kept, with what the leaf under its number commits to.
select x.number, x.said, x.secret, l.commitment
from record.erasure as x left join ledger.leaf as l on l.entry = x.number;

-- leaves_like --
-- The leaves that bind what some decisions say, and stand under the number of none.
select l.position, l.commitment from ledger.leaf as l
where l.commitment = any (%(commitments)s)
  and not exists (select from record.erasure as x where x.number = l.entry);

-- overrides --
-- What was decided of some events since they were judged, the oldest first.
select o.act, o.entry, o.before, o.verdict, o.aside, o.ground, o.documents, o.authority, o.account,
       o.at, l.position
from record.override as o left join ledger.leaf as l on l.entry = o.act
where o.entry = any (%(entries)s::bigint[])
order by o.act desc;

-- standing --
-- How some overridden events count, the newest decision of each first, and what was judged.
select o.entry, o.verdict, o.seal, o.judged from record.override as o
where o.entry = any (%(entries)s::bigint[])
order by o.entry, o.act;

-- keep_override --
-- Keep a decision on an event.
insert into record.override (act, entry, before, verdict, aside, ground, documents, authority,
                             account, at, seal, judged)
values (%(act)s, %(entry)s, %(before)s, %(verdict)s, %(aside)s, %(ground)s, %(documents)s,
        %(authority)s, %(account)s, %(at)s, %(seal)s, %(judged)s);

-- forget_judged --
-- Forget what judging left of events that are destroyed; who decided what, and why, stays.
update record.override set judged = null where entry = any (%(entries)s);

-- plain --
-- The next entries of a tenant of no family after one, with their reporters.
select e.id, p.uri, e.verdict, e.raw_length, e.normal_length, e.body
from record.entry as e join registry.party as p on p.id = e.capturer
where e.id > %(entry)s and e.tenant = %(tenant)s and e.kind = %(kind)s and e.family is null
order by e.id limit %(limit)s;

-- lost_plain --
-- Entries of a tenant up to one of which something is kept, and that nobody recorded.
select p.entry from state.plain_event as p
where p.tenant = %(tenant)s and p.entry > %(entry)s and (%(last)s::bigint is null or p.entry <= %(last)s)
  and not exists (select from record.entry as e where e.id = p.entry);
