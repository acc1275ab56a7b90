-- What queries find events by beside things, times and types: terms (suyuan.index.terms), hashed.
create table if not exists index.term (
    position bigint primary key,
    terms int[] not null
);
create index if not exists term_terms on index.term using gin (terms) with (fastupdate = off);

-- The record makes the projections again: the follower begins anew.
truncate index.cursor, index.act, index.name, index.mention, index.holder, index.withdrawal,
         index.declaration, index.link, index.vocabulary, index.value, index.term restart identity;
