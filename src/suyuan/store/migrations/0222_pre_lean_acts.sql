-- Acts take less room: most are of one line, which has no array of its own; the tails of several stand in
-- one text, and columns by their width. Things found by their beginnings have no stem that no pattern can
-- ask for. The record makes the projections again: the follower begins anew.
-- Stop all servers before the update. A follower of the version before stops with an error at its next
-- batch, and at each try after it, until it is replaced: what it would write has tails as an
-- array, which is no text.
truncate index.cursor, index.act, index.name, index.mention, index.holder, index.withdrawal,
         index.declaration, index.link, index.vocabulary,
         index.value, index.shown, index.term, index.period restart identity;

drop table index.act cascade;

create table index.act (
    entry bigint not null,
    position bigint not null,
    copy_key bigint not null,
    lo timestamptz,
    hi timestamptz,
    arrived_lo timestamptz,
    arrived_hi timestamptz,
    tenant int not null,
    capturer int not null,
    before int,
    after int,
    line int not null,
    kind smallint not null,
    side smallint,
    grain smallint not null,
    held boolean not null,
    instrument boolean not null,
    inferred boolean not null,
    head text not null,
    tails text,
    quantity numeric,
    quantities numeric[],
    unit text,
    parent text,
    flow text,
    other text,
    lot text,
    documents int[]
);

create or replace function index.tails(tails text) returns text[]
language sql immutable parallel safe
as $$ select coalesce(string_to_array(tails, E'\n'), array['']) $$;

create or replace function index.keys(act index.act) returns bigint[]
language sql immutable parallel safe
as $$
    select array(
        select hashtextextended(act.head || tail, 0) from unnest(index.tails(act.tails)) as tail
        union all
        select hashtextextended(name, part)
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

create index act_keys on index.act using gin (index.keys(act.*)) with (fastupdate = off);
alter index index.act_keys alter column 1 set statistics 0;
create index act_position on index.act using brin (position) with (autosummarize = on);
