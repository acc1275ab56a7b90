-- Names that are asked of together stand side by side in the index of acts (schema.sql says how), and facts are
-- told otherwise of what is sent or sold to a named party. The record makes the projections again: the follower
-- begins anew. Stop all servers before the update: one of the version before asks for a function that is gone,
-- and answers every question about things with an error.
truncate index.cursor, index.act, index.name, index.mention, index.holder, index.withdrawal,
         index.declaration, index.link, index.vocabulary,
         index.value, index.shown, index.term, index.period restart identity;

create or replace function index.key_of(name text, part int) returns bigint
language sql immutable parallel safe
as $$
    select case part
        when 5 then hashtextextended(name, part) | x'8000000000000000'::bigint
        else (hashtextextended(split_part(name, '/', 4) || '/' || split_part(name, '/', 6), 0)
                & x'7f00000000000000'::bigint)
             | (hashtextextended(left(name, -10), 0) & x'00ff800000000000'::bigint)
             | (hashtextextended(name, part) & x'00007fffffffffff'::bigint)
    end
$$;

create or replace function index.keys_of(act index.act) returns bigint[]
language sql immutable parallel safe
as $$
    select array(
        select index.key_of(act.head || tail, 0) from unnest(index.tails(act.tails)) as tail
        union all
        select index.key_of(name, part)
        from (values
            (act.other, 0), (act.lot, 4), (act.flow, 5),
            (act.parent, case
                when act.kind = 1 then 2
                when act.kind = 6 then 3
                when act.head = '' and '' = any (index.tails(act.tails)) then 1
            end)
        ) as named (name, part)
        where name is not null and part is not null
    )
$$;

drop index if exists index.act_keys;
drop function if exists index.keys(index.act);
create index act_keys on index.act using gin (index.keys_of(act.*)) with (fastupdate = off);
alter index index.act_keys alter column 1 set statistics 0;
