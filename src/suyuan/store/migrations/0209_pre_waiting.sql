-- Documents that were acknowledged and are captured later, in the order of `number`, and their bytes in
-- compressed pieces; both are gone with the outcome. `seal` binds what was handed over, and by whom. A
-- document has a row in capture.job from the first, without an outcome; a program of before does not
-- show it, and may run on until somebody sends one.
create table if not exists capture.waiting (
    job uuid primary key,
    number bigint generated always as identity,
    tenant int not null,
    party text not null,
    state_rules text[] not null,
    size bigint not null,
    seal text not null,
    due_at timestamptz not null,
    tries int not null,
    why text
);
create unique index if not exists waiting_number on capture.waiting (number);
create index if not exists waiting_party on capture.waiting (tenant, party, number);

create table if not exists capture.waiting_part (
    job uuid not null,
    ordinal int not null,
    body bytea not null,
    primary key (job, ordinal)
);
