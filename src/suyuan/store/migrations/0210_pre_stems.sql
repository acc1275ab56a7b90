-- Patterns of names find events by how things begin (suyuan.index.stems), which are terms of theirs. The
-- record makes the projections again: the follower begins anew.
truncate index.cursor, index.act, index.name, index.mention, index.holder, index.withdrawal,
         index.declaration, index.link, index.vocabulary,
         index.value, index.shown, index.term, index.period restart identity;

-- Master data are found by what they say, and listed in order whoever asks.
create or replace function index.said(attributes jsonb) returns bigint[]
language sql immutable parallel safe
as $$
    select array(
        select hashtextextended(case when item.value is null then each.name else item.value end,
                                case when item.value is null then 0
                                     else hashtextextended(each.name, 0) end)
        from (select regexp_replace(a.id, '^.*[#:/]', '') as name, a.value
              from jsonb_each(case jsonb_typeof(attributes) when 'object' then attributes
                              else '{}' end) as a (id, value)) as each
        cross join lateral (
            select null::text
            union all
            select v.value #>> '{}' from jsonb_path_query(each.value, 'lax $[*]') as v (value)
            where v.value #>> '{}' is not null
        ) as item (value)
    )
$$;

create index if not exists vocabulary_order on index.vocabulary (tenant, type, name, party);
create index if not exists vocabulary_said
    on index.vocabulary using gin (index.said(attributes)) with (fastupdate = off);
alter index index.vocabulary_said alter column 1 set statistics 0;
