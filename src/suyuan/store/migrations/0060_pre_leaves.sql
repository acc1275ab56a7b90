-- A leaf commits to its entry by a secret, so that what is published of it tells nothing. What was
-- recorded before has a place in the log and proves nothing: its commitment is drawn at random.
do $$
begin
    if not exists (select from information_schema.columns
                   where table_schema = 'ledger' and table_name = 'leaf'
                     and column_name = 'digest') then
        return;
    end if;
    alter table ledger.leaf add column commitment bytea;
    update ledger.leaf set commitment =
        sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
        || sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
    alter table ledger.leaf alter column commitment set not null;
    alter table ledger.leaf drop column digest;
    alter table ledger.queue add column commitments bytea[];
    update ledger.queue set commitments = array(
        select sha256(uuid_send(gen_random_uuid()) || d) || sha256(d || uuid_send(gen_random_uuid()))
        from unnest(digests) as d
    );
    alter table ledger.queue alter column commitments set not null;
    alter table ledger.queue drop column digests;
end
$$;

alter table record.entry add column if not exists secret bytea;
