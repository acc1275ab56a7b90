-- Links that came since a position, without reading all: they stand in the order of the record.
create index if not exists link_position on index.link using brin (position);
