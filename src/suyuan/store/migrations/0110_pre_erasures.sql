-- What was destroyed by a decision: the leaves and positions of the entries stay. The decision is an
-- entry of the log itself, under `number`; `said` is what its leaf commits to, `secret` that of its
-- salts. `jobs` are those that the events came with, one for each.
create table if not exists record.erasure (
    number bigint primary key,
    entries bigint[] not null,
    jobs uuid[] not null,
    said bytea not null,
    secret bytea not null
);
create index if not exists erasure_entries on record.erasure using gin (entries);
