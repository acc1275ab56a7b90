-- Page tokens that their holders let go before their time, by digest; gone once they are over.
create table if not exists registry.spent_token (
    digest bytea primary key,
    ends timestamptz not null
);
