-- By which rules a tenant wants what the record contradicts held, not only flagged.
alter table registry.tenant add column if not exists state_rules text[] not null default '{}';
