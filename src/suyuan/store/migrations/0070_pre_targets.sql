-- Where links of a code lead, as its issuer says: what a resolver redirects to.
create table if not exists registry.target (
    id uuid primary key,
    tenant int not null references registry.tenant,
    party text not null,
    key text not null,
    link_type text not null,
    href text not null,
    title text not null,
    languages text[] not null,
    media text not null,
    context text[] not null,
    is_default boolean not null,
    made_at timestamptz not null,
    withdrawn_at timestamptz
);
create index if not exists target_key on registry.target (tenant, key) where withdrawn_at is null;
create index if not exists target_party on registry.target (tenant, party, made_at);
create unique index if not exists target_default
    on registry.target (tenant, key) where is_default and withdrawn_at is null;
