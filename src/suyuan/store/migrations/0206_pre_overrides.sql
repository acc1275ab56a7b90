-- That an event counts otherwise than it was judged, as an authority decided. `act` is the entry of the
-- log that says so, the newest the lowest; `seal` binds what later judging goes by since then, and
-- `judged` is what it went by before, forgotten where the event is destroyed. A program of before does
-- not read this, and may run on until somebody overrides a verdict.
create table if not exists record.override (
    act bigint primary key,
    entry bigint not null,
    before smallint not null,
    verdict smallint not null,
    aside text[] not null,
    ground text not null,
    documents text[] not null,
    authority text not null,
    account int,
    at timestamptz not null,
    seal text not null,
    judged jsonb
);
create index if not exists override_entry on record.override (entry, act);
