-- The program of before found ranges by it; nothing does any more.
drop index if exists registry.code_import_range;
