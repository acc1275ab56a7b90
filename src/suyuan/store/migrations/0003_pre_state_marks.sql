-- What stops or ends a thing is found however much was reported of it since (18: marked or ended).
create index if not exists line_marked on state.line (thing, entry) where what & 18 <> 0;
update state.line set what = what | 16
where what & 16 = 0 and entry in (
    select entry from state.event where marks_set is not null or marks_cleared is not null
);
