-- What was done beside events and is logged all the same: keys changed, permits entered, accounts
-- opened. `entry` is below zero, where no event's is; `said` is what its leaf commits to beside the
-- kind and the time, `secret` that of its salts. `party` is whom it concerns.
create table if not exists ledger.act (
    entry bigint primary key check (entry < 0),
    kind text not null,
    at timestamptz not null,
    party text,
    said bytea not null,
    secret bytea not null
);
create index if not exists act_kind on ledger.act (kind, entry);
create sequence if not exists ledger.act_number;
