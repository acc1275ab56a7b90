-- State by bundles of things: a row for each event and bundle, where there was one for each thing.
do $$
begin
    if to_regclass('state.line') is null then
        return;
    end if;
    alter table state.event rename to event_before;
    alter index state.event_pkey rename to event_before_pkey;
    create table state.event (
        bundle bigint not null,
        entry bigint not null,
        at timestamptz not null,
        what smallint not null,
        identity bytea not null,
        step text not null,
        party text,
        site text,
        container text,
        marks_set text[],
        marks_cleared text[]
    );
    -- A name of 64 bits is the beginning of the former one of 128.
    insert into state.event
    select ('x' || left(replace(l.thing::text, '-', ''), 16))::bit(64)::bigint, l.entry, e.at,
           l.what, e.identity, e.step, e.party, e.site, e.container, e.marks_set, e.marks_cleared
    from state.line as l join state.event_before as e on e.entry = l.entry;
    drop table state.line, state.event_before;
end
$$;
create index if not exists event_bundle on state.event (bundle, entry);
create index if not exists event_decisive on state.event (bundle, entry) where what & 18 <> 0;
create index if not exists event_contained on state.event (bundle, entry) where what & 492 <> 0;
create index if not exists event_put on state.event (entry) where what & 580 <> 0;
create index if not exists event_marking on state.event (entry)
    where marks_set is not null or marks_cleared is not null;
create table if not exists state.bundle (
    thing bigint not null,
    bundle bigint not null,
    since bigint not null,
    what smallint not null
);
create index if not exists bundle_thing on state.bundle (thing, since);
create index if not exists bundle_decisive on state.bundle (thing, since) where what & 18 <> 0;
create index if not exists bundle_contained on state.bundle (thing, since) where what & 1004 <> 0;
create index if not exists bundle_members on state.bundle (bundle) where what & 1004 <> 0;
