-- State by bundles of things: a row for each event and bundle, where there was one for each thing.
create table if not exists state.scene (
    id int generated always as identity primary key,
    step text not null,
    party text not null,
    site text not null,
    unique (step, party, site)
);
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
        scene int not null,
        identity bytea not null,
        container text,
        marks_set text[],
        marks_cleared text[],
        put bigint[]
    );
    insert into state.scene (step, party, site)
    select distinct step, coalesce(party, ''), coalesce(site, '') from state.event_before;
    -- A name of 64 bits is the beginning of the former one of 128.
    insert into state.event
    select ('x' || left(replace(l.thing::text, '-', ''), 16))::bit(64)::bigint, l.entry, e.at,
           l.what, s.id, e.identity, e.container, e.marks_set, e.marks_cleared
    from state.line as l
    join state.event_before as e on e.entry = l.entry
    join state.scene as s
        on (s.step, s.party, s.site) = (e.step, coalesce(e.party, ''), coalesce(e.site, ''));
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
    since bigint not null
);
create index if not exists bundle_thing on state.bundle (thing, since);
