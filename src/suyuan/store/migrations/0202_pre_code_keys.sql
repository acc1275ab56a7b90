-- Keys of check characters are numbered and can be rotated; a package keeps by which rule and key its
-- own were made. Those of before, and of an older program beside this one, are by rule 1.
create table if not exists registry.code_key (
    tenant int not null references registry.tenant,
    party text not null,
    number int not null check (number > 0),
    value bytea not null,
    made_at timestamptz not null,
    primary key (tenant, party, number)
);
alter table registry.code_package add column if not exists rule int not null default 1;
alter table registry.code_package add column if not exists key int;
-- Nothing read `scope`; the index that named it goes with it.
alter table registry.code_series drop column if exists scope;
create unique index if not exists code_series_stem
    on registry.code_series (tenant, scheme, stem, (length + checks));
