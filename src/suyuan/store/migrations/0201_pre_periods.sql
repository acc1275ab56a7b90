-- When what stands in a block of 64 positions happened and was recorded, as far as the index has
-- followed. A million entries are gone through in seconds, without a limit.
set local statement_timeout = 0;

create table if not exists index.period (
    block bigint primary key,
    earliest timestamptz not null,
    latest timestamptz not null,
    recorded_first timestamptz not null,
    recorded_last timestamptz not null
);
insert into index.period (block, earliest, latest, recorded_first, recorded_last)
select l.position / 64, min(e.event_time), max(e.event_time), min(l.at), max(l.at)
from ledger.leaf as l
join record.entry as e on e.id = l.entry
where l.position <= (select coalesce(max(c.position), 0) from index.cursor as c)
group by 1
on conflict (block) do nothing;

create index if not exists period_earliest on index.period (earliest);
create index if not exists period_latest on index.period (latest);
create index if not exists period_happened
    on index.period using gist (tstzrange(earliest, latest, '[]'));
create index if not exists period_recorded
    on index.period using gist (tstzrange(recorded_first, recorded_last, '[]'));
