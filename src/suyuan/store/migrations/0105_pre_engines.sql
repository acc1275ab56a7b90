-- What events leave known of their things; permits and quotas, and what recorded events took from them.
alter table state.event add column if not exists told jsonb;

create table if not exists state.permit (
    id bigint generated always as identity primary key,
    tenant int not null,
    kind text not null,
    number text not null,
    issuer text not null,
    holder text not null,
    goods text not null,
    unit text not null,
    amount numeric not null check (amount > 0),
    used numeric not null default 0,
    valid_from date,
    valid_to date,
    void_at timestamptz,
    void_reason text not null default '',
    entered_at timestamptz not null,
    unique (tenant, kind, issuer, number, goods),
    constraint permit_not_overdrawn check (used >= 0 and used <= amount)
);
create index if not exists permit_number on state.permit (tenant, number);
create index if not exists permit_holder on state.permit (tenant, holder);

create table if not exists state.debit (
    permit bigint not null references state.permit,
    entry bigint not null,
    identity bytea not null,
    amount numeric not null check (amount > 0),
    is_covered boolean not null,
    returned_by bigint,
    primary key (permit, entry)
);
create index if not exists debit_identity on state.debit (identity) where returned_by is null;
