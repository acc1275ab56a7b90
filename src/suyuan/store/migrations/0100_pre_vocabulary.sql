-- Master data that came in the headers of documents: what a reporter last said of a name holds for
-- that reporter. `position` is that of the document's first event.
create table if not exists index.vocabulary (
    tenant int not null,
    party text not null,
    type text not null,
    name text not null,
    position bigint not null,
    attributes jsonb not null,
    children text[] not null,
    unique (tenant, party, type, name, position)
);
create index if not exists vocabulary_name on index.vocabulary (tenant, name);

-- The few values of events that lists are made of (steps, places, states), once for each tag that
-- shows an event with it. `kind` is a place in suyuan.index.types.VALUES.
create table if not exists index.value (
    tenant int not null,
    kind smallint not null,
    value text not null,
    tag bigint not null,
    primary key (tenant, kind, value, tag)
);

-- Queries kept under a name, each by its owner; `asked` are its parameters as they were given.
create table if not exists registry.named_query (
    tenant int not null,
    owner text not null,
    name text not null,
    asked jsonb not null,
    at timestamptz not null,
    primary key (tenant, owner, name)
);
