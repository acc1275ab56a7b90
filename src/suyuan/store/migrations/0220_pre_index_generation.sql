-- Which index this is: drawn with the row, which goes whenever projections begin anew, so that what is
-- kept of an index in files of any server is known to be of this one or not. The table has one row.
alter table index.cursor add column if not exists generation uuid not null default gen_random_uuid();
