-- A licence says for which divisions and for which goods it is. A constant default rewrites no row: the
-- table is locked for a moment. A program of before neither reads nor writes these columns, and may run on.
alter table registry.licence
    add column if not exists areas text[] not null default '{}',
    add column if not exists covers text[] not null default '{}';
