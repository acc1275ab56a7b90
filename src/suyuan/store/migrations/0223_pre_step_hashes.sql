-- Reports of a step are found by a hash of family and step, in an index of half the size. A million entries
-- take some seconds, without a limit; meanwhile who records waits, and everybody else reads on.
set local statement_timeout = 0;

create index if not exists entry_step_hash
    on record.entry (tenant, hashtext(family || ' ' || step), id, capturer) where step is not null;
alter index record.entry_step_hash alter column 2 set statistics 0;
drop index if exists record.entry_step;
