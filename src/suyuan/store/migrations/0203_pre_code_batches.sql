-- A batch that was brought in is a row, and so are two that contradict each other: the list of them
-- reads no codes. A million codes take some ten seconds, without a limit; who brings codes in
-- meanwhile waits, and everybody else reads on, since no lock is taken that is stronger than the
-- first. A program of before that brings codes in afterwards makes no row; who lists makes it.
set local statement_timeout = 0;
lock table registry.code_import in share row exclusive mode;

-- Ranges by how many digits their length has: what can reach a code is found in each by one look.
create index if not exists code_import_reach
    on registry.code_import (tenant, scheme, length((last::numeric - first::numeric)::text), first)
    where first < last;
create index if not exists code_import_batch on registry.code_import (batch);
-- Without this a table that was never looked at is taken for small, and each range meets each.
analyze registry.code_import;

create table if not exists registry.code_batch (
    batch uuid primary key,
    tenant int not null references registry.tenant,
    party text not null,
    scheme text not null,
    first text not null,
    count bigint not null,
    at timestamptz not null
);
create index if not exists code_batch_at on registry.code_batch (tenant, at desc, batch);
insert into registry.code_batch (batch, tenant, party, scheme, first, count, at)
select batch, min(tenant), min(party), min(scheme), min(first),
       sum(last::numeric - first::numeric + 1), min(at)
from registry.code_import
group by batch
on conflict do nothing;

create table if not exists registry.code_dispute (
    batch uuid not null references registry.code_batch,
    other uuid not null references registry.code_batch,
    primary key (batch, other)
);
with live as (
    select i.*,
        max(i.last) over (ordered rows between unbounded preceding and 1 preceding) >= i.first
        as begins_within,
        lead(i.first) over ordered <= i.last as another_begins
    from registry.code_import i
    where not exists (select from registry.code_withdrawal w where w.batch = i.batch)
    window ordered as (partition by i.tenant, i.scheme order by i.first, i.last, i.id)
), met as (
    select i.batch, o.batch as other
    from live i
    cross join lateral (
        select n.batch from registry.code_import n
        where n.tenant = i.tenant and n.scheme = i.scheme and n.party <> i.party
          and n.first between i.first and i.last
        union all
        select n.batch from generate_series(1, 6) as d (digits)
        join registry.code_import n on n.first < n.last
          and length((n.last::numeric - n.first::numeric)::text) = d.digits
        where n.tenant = i.tenant and n.scheme = i.scheme and n.party <> i.party
          and n.first < i.first and n.last >= i.first
          and n.first >= lpad(greatest(i.first::numeric - power(10::numeric, d.digits), 0)
                              ::numeric(40, 0)::text, length(i.first), '0')
    ) as o
    where (i.begins_within or i.another_begins)
      and not exists (select from registry.code_withdrawal w where w.batch = o.batch)
)
insert into registry.code_dispute (batch, other)
select batch, other from met union select other, batch from met
on conflict do nothing;
