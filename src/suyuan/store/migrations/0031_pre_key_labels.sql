-- An account has any number of keys, each under a label of its own.
create unique index if not exists api_key_label on registry.api_key (account, label)
where revoked_at is null;
