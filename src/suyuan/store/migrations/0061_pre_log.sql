-- The log: hashes of complete subtrees, a pure function of the leaves, and what was published last.
create table if not exists ledger.node (
    level smallint not null,
    place bigint not null,
    hash bytea not null,
    primary key (level, place)
);

create table if not exists ledger.checkpoint (
    singleton boolean primary key default true check (singleton),
    size bigint not null,
    note bytea not null,
    at timestamptz not null
);
