-- Reports of some steps are asked for by the clocks of law and by the terms of keeping: an index finds
-- them, those of one reporter too. A million entries take some seconds, without a limit; meanwhile
-- who records waits, and everybody else reads on.
set local statement_timeout = 0;

create index if not exists entry_step
    on record.entry (tenant, family, step, id, capturer) where step is not null;
