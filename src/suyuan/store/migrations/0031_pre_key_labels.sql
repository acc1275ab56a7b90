-- An account has any number of keys, each under a label of its own. Keys were labelled with the name
-- of their account until now, and there may be several valid ones: the newest keeps the label.
do $$
begin
    if to_regclass('registry.api_key_label') is not null then
        return;
    end if;
    update registry.api_key as k set label = 'main'
    from registry.account as a where a.id = k.account and k.label = a.name;
    update registry.api_key as k set label = k.label || '-' || k.id
    where k.revoked_at is null
      and exists (select from registry.api_key as newer
                  where newer.account = k.account and newer.label = k.label
                    and newer.revoked_at is null and newer.id > k.id);
end
$$;
create unique index if not exists api_key_label on registry.api_key (account, label)
where revoked_at is null;
