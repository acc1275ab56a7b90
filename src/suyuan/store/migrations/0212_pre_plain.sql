-- What plain EPCIS, events of no family, says of things for the state rules of tenants: made, ended, packed
-- or unpacked; kept while a tenant has a rule on (state.plain_tenant), and made again from the record. Where
-- rules were on before, `suyuan reindex` makes it.
create table if not exists state.plain_event (
    entry bigint primary key,
    tenant int not null,
    at timestamptz not null,
    container text,
    identity bytea not null
);

create table if not exists state.plain_line (
    thing bigint not null,
    entry bigint not null,
    what int not null
);
create index if not exists plain_line_thing on state.plain_line (thing, entry);
create index if not exists plain_line_entry on state.plain_line (entry);

create table if not exists state.plain_tenant (
    tenant int primary key,
    is_whole boolean not null,
    is_ending boolean not null,
    reached bigint not null
);
