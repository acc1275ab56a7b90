-- State by bundles of things: a row for each event and bundle, where there was one for each thing.
create table if not exists state.scene (
    id int generated always as identity primary key,
    step text not null,
    party text not null,
    site text not null,
    reporter text not null,
    digest bytea not null unique
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
        what int not null,
        scene int not null,
        identity bytea not null,
        container text,
        marks_set text[],
        marks_cleared text[],
        put bigint[]
    );
    create temporary table told on commit drop as
    select said.*, sha256(sha256(convert_to(step, 'UTF8')) || sha256(convert_to(party, 'UTF8'))
                          || sha256(convert_to(site, 'UTF8'))
                          || sha256(convert_to(reporter, 'UTF8'))) as digest
    from (
        select e.entry, e.identity, e.at, e.step, coalesce(e.party, '') as party,
               coalesce(e.site, '') as site, coalesce(p.uri, '') as reporter, e.container,
               e.marks_set, e.marks_cleared
        from state.event_before as e
        left join record.entry as r on r.id = e.entry
        left join registry.party as p on p.id = r.capturer
    ) as said;
    insert into state.scene (step, party, site, reporter, digest)
    select distinct step, party, site, reporter, digest from told;
    -- A name of 64 bits is the beginning of the former one of 128. A container that an event names
    -- beside what joined or left it is filled or emptied by it (32); it was not said before.
    insert into state.event
    select ('x' || left(replace(l.thing::text, '-', ''), 16))::bit(64)::bigint, l.entry, e.at,
           l.what | case when e.container is not null and l.what & 12 = 0 then 32 else 0 end,
           s.id, e.identity, e.container, e.marks_set, e.marks_cleared
    from state.line as l
    join told as e on e.entry = l.entry
    join state.scene as s on s.digest = e.digest;
    drop table told;
    drop table state.line, state.event_before;
end
$$;
create index if not exists event_bundle on state.event (bundle, entry);
create index if not exists event_decisive on state.event (bundle, entry) where what & 19 <> 0;
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
