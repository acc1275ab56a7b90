-- What an entry took from permits is asked when it is held against its leaf.
create index if not exists debit_entry on state.debit (entry);
