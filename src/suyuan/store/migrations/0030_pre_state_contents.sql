-- What lies in a container is found from the events that filled it (580: put in; a lot of pieces
-- too), and however much was reported of either since (492: what concerns containers).
create index if not exists line_put on state.line (entry) where what & 580 <> 0;
create index if not exists line_contained on state.line (thing, entry) where what & 492 <> 0;
