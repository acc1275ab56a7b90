-- Acts say of which tenant their report is, who captured it and which reports are copies of it, so that a
-- trace need not read the entries themselves of whoever sees all of a tenant. The record makes the
-- projections again: the follower begins anew.
-- Stop all servers before the update. A follower of the version before stops with an error at its next
-- batch, and at each try after it, until it is replaced: what it would write lacks these columns.
truncate index.cursor, index.act, index.name, index.mention, index.holder, index.withdrawal,
         index.declaration, index.link, index.vocabulary,
         index.value, index.shown, index.term, index.period restart identity;
alter table index.act add column if not exists tenant int not null;
alter table index.act add column if not exists capturer int not null;
alter table index.act add column if not exists copy_key bigint not null;
