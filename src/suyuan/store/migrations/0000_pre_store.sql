-- Which migrations this database has had.
create schema if not exists store;

create table if not exists store.migration (
    name       text primary key,
    sha256     text not null,
    applied_at timestamptz not null default now()
);

comment on table store.migration is 'Migrations applied, by file name, with the digest of the file.';
