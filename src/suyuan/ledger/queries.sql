-- enqueue --
-- Let the entries of one transaction wait for their positions.
insert into ledger.queue (entries, commitments) values (%(entries)b, %(commitments)b);

-- lock --
-- One sequencer at a time; the lock ends with its transaction ("ledger" as a number).
select pg_advisory_xact_lock(119048917247346);

-- head --
-- Where the ledger ends, and the record time of its last leaf.
select size, nullif(at, '-infinity') from ledger.head;

-- sequence --
-- Take all that waits, move the head from where it was read, write the leaves.
with taken as (
    delete from ledger.queue returning entries, commitments
), waiting as (
    select u.entry, u.commitment, row_number() over (order by u.entry) as place
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
