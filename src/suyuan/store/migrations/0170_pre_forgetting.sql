-- Erasing finds what it forgets without reading the whole state while captures wait for it.
create index if not exists event_entry on state.event
    using brin (entry) with (pages_per_range = 32, autosummarize = on);
create index if not exists event_scene on state.event (scene);
create index if not exists bundle_bundle on state.bundle (bundle);
create index if not exists withdrawn_entry on state.withdrawn
    using brin (entry) with (pages_per_range = 32, autosummarize = on);
