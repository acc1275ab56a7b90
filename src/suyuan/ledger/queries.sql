-- enqueue --
-- Let the entries of one transaction wait for their positions.
insert into ledger.queue (entries, commitments) values (%(entries)b, %(commitments)b);

-- lock --
-- One sequencer at a time; the lock ends with its transaction ("ledger" as a number).
select pg_advisory_xact_lock(119048917247346);

-- head --
-- Where the ledger ends, and the record time of its last leaf.
select size, nullif(at, '-infinity') from ledger.head;

-- last_time --
-- The record time of the last leaf, if it is where the head says that the ledger ends.
select l.at from ledger.head as h join ledger.leaf as l on l.position = h.size;

-- mend_head --
-- Let the head say the record time of the leaf at which it ends.
update ledger.head as h set at = coalesce(
    (select l.at from ledger.leaf as l where l.position = h.size), h.at)
where h.size > 0;

-- sequence --
-- Take all that waits, move the head from where it was read, write the leaves. Numbers of events grow
-- from one on, those of acts fall from there.
with taken as (
    delete from ledger.queue returning entries, commitments
), waiting as (
    select u.entry, u.commitment, row_number() over (order by sign(u.entry), abs(u.entry)) as place
    from taken, unnest(taken.entries, taken.commitments) as u(entry, commitment)
), moved as (
    update ledger.head
    set size = size + (select count(*) from waiting), at = greatest(at, %(now)s)
    where size = %(size)s and exists (select 1 from waiting)
    returning at
), written as (
    insert into ledger.leaf (position, entry, commitment, at)
    select %(size)s + waiting.place, waiting.entry, waiting.commitment, moved.at
    from waiting, moved
    returning 1
)
select (select count(*) from waiting)::bigint, (select count(*) from written) > 0;

-- leaves_after --
-- The next leaves after a position.
select position, entry, commitment, at from ledger.leaf
where position > %(position)s order by position limit %(limit)s;

-- leaves --
-- The leaves from one position to another, both included.
select position, entry, commitment, at from ledger.leaf
where position between %(first)s and %(last)s order by position;

-- leaf_of --
-- The leaf of an entry.
select position, entry, commitment, at from ledger.leaf where entry = %(entry)s;

-- grown --
-- How many complete subtrees of a level of a shard are kept.
select coalesce(max(place) + 1, 0) from ledger.node
where shard = %(shard)s and level = %(level)s;

-- nodes --
-- The hashes of neighbouring complete subtrees of a level of a shard.
select hash from ledger.node
where shard = %(shard)s and level = %(level)s and place between %(first)s and %(last)s
order by place;

-- keep_nodes --
-- Keep the hashes of complete subtrees; they are what the leaves make them, so the same again.
insert into ledger.node (shard, level, place, hash)
select %(shard)s, %(level)s, %(first)s + u.at - 1, u.hash
from unnest(%(hashes)b::bytea[]) with ordinality as u (hash, at)
on conflict (shard, level, place) do nothing;

-- shards --
-- The shards after the one that the log begins with, in their order.
select number, first from ledger.shard order by first;

-- waits --
-- Whether anything waits for its position.
select exists (select from ledger.queue);

-- open_shard --
-- The first entry of a shard: the act that says so, its leaf, and the shard, behind the head where it
-- was read.
with moved as (
    update ledger.head set size = size + 1, at = %(at)s where size = %(size)s returning size
), opened as (
    insert into ledger.act (entry, kind, at, party, said, secret)
    select -nextval('ledger.act_number'), %(kind)s, %(at)s, null, %(said)s, %(secret)s from moved
    returning entry
), written as (
    insert into ledger.leaf (position, entry, commitment, at)
    select moved.size, opened.entry, %(commitment)s, %(at)s from moved, opened
    returning 1
), begun as (
    insert into ledger.shard (number, first) select %(number)s, size from moved returning 1
)
select (select count(*) from written) > 0 and (select count(*) from begun) > 0;

-- published --
-- The checkpoints last published, that of the newest shard first.
select shard, size, note from ledger.checkpoint order by shard desc;

-- publish --
-- Put a checkpoint in the place of the one before of its shard, if that one is there still.
insert into ledger.checkpoint (shard, size, note, at)
values (%(shard)s, %(size)s, %(note)s, %(now)s)
on conflict (shard) do update
set size = excluded.size, note = excluded.note, at = excluded.at
where ledger.checkpoint.note = %(before)s
returning size;

-- ends --
-- How many leaves there are, and the last position.
select count(*), coalesce(max(position), 0) from ledger.leaf;

-- every_node --
-- All kept hashes of complete subtrees.
select shard, level, place, hash from ledger.node order by shard, level, place;

-- forget_nodes --
-- Forget the kept hashes: the leaves make them again.
delete from ledger.node;

-- forget_checkpoint --
-- Forget what was published.
delete from ledger.checkpoint;

-- keep_act --
-- Keep what was done, under the next number below zero.
insert into ledger.act (entry, kind, at, party, said, secret)
values (-nextval('ledger.act_number'), %(kind)s, %(at)s, %(party)s, %(said)s, %(secret)s)
returning entry;

-- latest_act --
-- What was said last of a kind.
select said from ledger.act where kind = %(kind)s order by entry limit 1;

-- acts_until --
-- All acts of a kind up to a position.
select l.position, l.at, l.commitment, a.kind, a.at, a.party, a.said, a.secret
from ledger.act as a join ledger.leaf as l on l.entry = a.entry
where a.kind = %(kind)s and l.position <= %(last)s;

-- acts --
-- What was done at some positions, of a kind or of all, in the order of the log.
select l.position, l.at, l.commitment, a.kind, a.at, a.party, a.said, a.secret
from ledger.leaf as l join ledger.act as a on a.entry = l.entry
where l.position between %(first)s and %(last)s and (%(kind)s::text is null or a.kind = %(kind)s)
order by l.position;

-- acts_after --
-- The next acts behind a position, up to another, of a kind or of all, in the order of the log.
select l.position, l.at, l.commitment, a.kind, a.at, a.party, a.said, a.secret
from ledger.leaf as l join ledger.act as a on a.entry = l.entry
where l.entry < 0 and l.position > %(after)s and l.position <= %(last)s
  and (%(kind)s::text is null or a.kind = %(kind)s)
order by l.position limit %(limit)s;

-- every_act --
-- All that was done, or all of a kind, in the order of the log, with the leaf that each has or waits
-- with; who waits comes last, at the position 0.
select w.position, coalesce(w.at, a.at), w.commitment, a.kind, a.at, a.party, a.said, a.secret
from (
    select l.position, l.at, l.commitment, l.entry from ledger.leaf as l where l.entry < 0
    union all
    select 0, null, u.commitment, u.entry
    from ledger.queue as q, unnest(q.entries, q.commitments) as u (entry, commitment)
    where u.entry < 0
) as w join ledger.act as a on a.entry = w.entry
where %(kind)s::text is null or a.kind = %(kind)s
order by w.position = 0, w.position, w.entry desc;

-- acts_without_leaf --
-- Acts that have no leaf and do not wait for one.
select a.entry, a.kind from ledger.act as a
where not exists (select from ledger.leaf as l where l.entry = a.entry)
  and not exists (select from ledger.queue as q where a.entry = any (q.entries))
order by a.entry desc limit %(limit)s;

-- recorded_before --
-- Whether what is at a position was recorded before a time.
select at < %(since)s from ledger.leaf where position = %(position)s;

-- acts_of_entries --
-- Acts by their numbers, whatever leaf they have.
select entry, kind, at, party, said, secret from ledger.act where entry = any (%(entries)s);
