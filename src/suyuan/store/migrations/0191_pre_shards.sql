-- Yearly shards of the log. The shard that a log begins with has number 0 and begins at position 1; it
-- has no row. What there is becomes that one, under the log's own name.
create table if not exists ledger.shard (
    number smallint primary key check (number > 0),
    first bigint not null unique check (first > 1)
);

alter table ledger.node add column if not exists shard smallint not null default 0;
alter table ledger.node drop constraint if exists node_pkey;
alter table ledger.node add primary key (shard, level, place);

alter table ledger.checkpoint drop column if exists singleton;
alter table ledger.checkpoint add column if not exists shard smallint not null default 0;
alter table ledger.checkpoint drop constraint if exists checkpoint_pkey;
alter table ledger.checkpoint add primary key (shard);
