-- lock --
-- Judge no two documents at once that speak of the same thing ("state" as a number, and a share).
select pg_advisory_xact_lock(1937006964, share) from unnest(%(shares)s::int[]) as share;

-- load --
-- The latest recorded events of things, without those their own capturer declared wrong: in the
-- record, or (`without`) in the document that is being judged. One row for each event.
select array_agg(w.place), array_agg(l.what),
       e.at, e.step, e.party, e.site, e.container, e.marks_set, e.marks_cleared, e.entry
from unnest(%(things)b::uuid[]) with ordinality as w(thing, place)
cross join lateral (
    (select line.entry, line.what from state.line
     where line.thing = w.thing order by line.entry desc limit %(limit)s)
    union
    (select line.entry, line.what from state.line -- 18: marked or ended
     where line.thing = w.thing and line.what & 18 <> 0 order by line.entry desc limit %(limit)s)
    union
    (select line.entry, line.what from state.line -- 492: what concerns containers
     where line.thing = w.thing and line.what & 492 <> 0 order by line.entry desc limit %(limit)s)
) as l
join state.event as e on e.entry = l.entry
where not exists (select from state.withdrawn as gone where gone.identity = e.identity)
  and e.identity <> all (%(without)b::bytea[])
group by e.entry order by e.entry desc;

-- packed --
-- What these events put into a container, as far as it can matter: what bears or bore a mark
-- (16), what may itself hold something (32); if a lot of which pieces were put in (512) is such,
-- those pieces too, for the lot lies there while one of them does.
select l.entry, l.thing, l.what
from state.line as l
where l.entry = any (%(entries)s::bigint[]) and l.what & 580 <> 0
  and (exists (select from state.line as m where m.thing = l.thing and m.what & 18 <> 0)
       or exists (select from state.line as m
                  where m.thing = l.thing and m.what & 492 <> 0 and m.what & 32 <> 0)
       or exists (select from state.line as lot
                  join state.line as m on m.thing = lot.thing and m.what & 18 <> 0
                  where lot.entry = l.entry and lot.what & 580 <> 0 and lot.what & 512 <> 0))
order by l.entry desc
limit %(limit)s;

-- withdrawn --
-- Which of these events their own capturer declared wrong before they came.
select identity from state.withdrawn where identity = any (%(identities)b::bytea[]);

-- add_events --
-- Remember what events say.
copy state.event (entry, identity, at, step, party, site, container, marks_set, marks_cleared)
from stdin (format binary);

-- add_lines --
-- Remember of which things they say it.
copy state.line (thing, entry, what) from stdin (format binary);

-- withdraw --
-- Forget events that their own capturer declared wrong, also those still to come.
insert into state.withdrawn (identity, entry)
select * from unnest(%(identities)b::bytea[], %(entries)b::bigint[])
on conflict (identity) do nothing;
