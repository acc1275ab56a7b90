-- Subscriptions to named queries: what each wants, how far it was given, and what is under way.
create schema if not exists notify;

create table if not exists notify.subscription (
    id uuid primary key,
    tenant int not null,
    owner text not null,
    query text not null,
    account int not null references registry.account,
    dest text not null,
    spelling text not null,
    schedule jsonb,
    report_if_empty boolean not null,
    initial timestamptz,
    secret text not null,
    former text,
    former_until timestamptz,
    made_at timestamptz not null,
    -- All up to here was given, or did not answer.
    position bigint not null,
    -- The end of the scheduled run under way, and whether it gave nothing so far.
    run bigint,
    quiet boolean not null default true,
    -- The message under way: where it ends, and up to where its master data are read.
    message uuid,
    upto bigint,
    horizon bigint,
    message_at timestamptz,
    most int not null,
    due timestamptz not null,
    failures int not null default 0,
    failed_since timestamptz,
    problem jsonb,
    notified_at timestamptz,
    stopped boolean not null default false,
    foreign key (tenant, owner, query)
        references registry.named_query (tenant, owner, name) on delete cascade
);
create index if not exists subscription_query on notify.subscription (tenant, owner, query);
create index if not exists subscription_due on notify.subscription (due) where not stopped;
