-- A supply is its stem's, whoever may use it; what was brought in is a party's word, which another
-- may contradict and the operator withdraw; an order with a key is taken once.
alter table registry.code_series drop column if exists party;

alter table registry.code_import drop constraint if exists code_import_tenant_scheme_first_key;
create index if not exists code_import_own
    on registry.code_import (tenant, scheme, party, first);
create index if not exists code_import_first on registry.code_import (tenant, scheme, first);
create index if not exists code_import_range
    on registry.code_import (tenant, scheme, first) where first < last;

create table if not exists registry.code_withdrawal (
    batch uuid primary key,
    reason text not null,
    at timestamptz not null
);

create table if not exists registry.code_request (
    account int not null,
    key text not null,
    digest bytea not null,
    package uuid not null references registry.code_package,
    at timestamptz not null,
    primary key (account, key)
);
