-- put_party --
-- Enter a party or replace what is known of it.
insert into registry.party (tenant, uri, name_zh, name_en, kind, roles, division, contact)
values (%(tenant)s, %(uri)s, %(name_zh)s, %(name_en)s, %(kind)s, %(roles)s, %(division)s, %(contact)s)
on conflict (tenant, uri) do update set
    name_zh = excluded.name_zh, name_en = excluded.name_en, kind = excluded.kind,
    roles = excluded.roles, division = excluded.division, contact = excluded.contact;

-- put_site --
-- Enter one operator's time at a site, or replace it.
insert into registry.site (tenant, uri, operator, name_zh, name_en, kind, division, valid_from, valid_to)
values (%(tenant)s, %(uri)s, %(operator)s, %(name_zh)s, %(name_en)s, %(kind)s, %(division)s,
        %(valid_from)s, %(valid_to)s)
on conflict (tenant, uri, valid_from) do update set
    operator = excluded.operator, name_zh = excluded.name_zh, name_en = excluded.name_en,
    kind = excluded.kind, division = excluded.division, valid_to = excluded.valid_to;

-- put_product --
-- Enter a class of product or replace it.
insert into registry.product (tenant, class_uri, owner, name_zh, name_en, family, kind, unit)
values (%(tenant)s, %(class_uri)s, %(owner)s, %(name_zh)s, %(name_en)s, %(family)s, %(kind)s, %(unit)s)
on conflict (tenant, class_uri) do update set
    owner = excluded.owner, name_zh = excluded.name_zh, name_en = excluded.name_en,
    family = excluded.family, kind = excluded.kind, unit = excluded.unit;

-- put_licence --
-- Enter a licence or replace its dates.
insert into registry.licence (tenant, party, kind, number, issuer, valid_from, valid_to)
values (%(tenant)s, %(party)s, %(kind)s, %(number)s, %(issuer)s, %(valid_from)s, %(valid_to)s)
on conflict (tenant, party, kind, number) do update set
    issuer = excluded.issuer, valid_from = excluded.valid_from, valid_to = excluded.valid_to;

-- put_document --
-- Enter a document or replace its status, dates and details.
insert into registry.document (tenant, kind, number, issuer, status, valid_from, valid_to, details)
values (%(tenant)s, %(kind)s, %(number)s, %(issuer)s, %(status)s, %(valid_from)s, %(valid_to)s, %(details)s)
on conflict (tenant, kind, issuer, number) do update set
    status = excluded.status, valid_from = excluded.valid_from, valid_to = excluded.valid_to,
    details = excluded.details;

-- party_number --
-- The number that stands for a party in the record; an unknown one is entered by its URI alone.
with known as (
    select id from registry.party where tenant = %(tenant)s and uri = %(uri)s
), entered as (
    insert into registry.party (tenant, uri, name_zh)
    select %(tenant)s, %(uri)s, %(uri)s where not exists (select 1 from known)
    on conflict (tenant, uri) do update set uri = excluded.uri
    returning id
)
select id from known union all select id from entered;

-- party_uris --
-- The parties behind such numbers.
select id, uri from registry.party where id = any(%(numbers)s);

-- parties --
-- Parties by their URIs.
select uri, name_zh, name_en, kind, roles, division, contact
from registry.party where tenant = %(tenant)s and uri = any(%(uris)s);

-- sites --
-- Sites by their URIs or by their operators, each operator's time a row.
select uri, operator, name_zh, name_en, kind, division, valid_from, valid_to
from registry.site
where tenant = %(tenant)s and (uri = any(%(uris)s) or operator = any(%(operators)s))
order by uri, valid_from nulls first;

-- products --
-- Classes of product by their URIs.
select class_uri, name_zh, name_en, owner, family, kind, unit
from registry.product where tenant = %(tenant)s and class_uri = any(%(uris)s);

-- licences --
-- All licences of some parties.
select party, kind, number, issuer, valid_from, valid_to
from registry.licence where tenant = %(tenant)s and party = any(%(parties)s)
order by party, kind, number;

-- documents --
-- All documents that bear one of the numbers.
select kind, number, issuer, status, valid_from, valid_to, details
from registry.document where tenant = %(tenant)s and number = any(%(numbers)s)
order by number, kind, issuer;

-- open_account --
-- Open an account; a name that is taken gives no row.
insert into registry.account (tenant, name, party, role, password_hash, areas, families)
values (%(tenant)s, %(name)s, %(party)s, %(role)s, %(password_hash)s, %(areas)s, %(families)s)
on conflict (tenant, name) do nothing
returning id;

-- account_of_key --
-- The open account that a key not revoked belongs to.
select a.id, a.tenant, a.name, a.party, a.role, a.areas, a.families, t.strict
from registry.api_key k
join registry.account a on a.id = k.account
join registry.tenant t on t.id = a.tenant
where k.digest = %(digest)s and k.revoked_at is null and a.closed_at is null;

-- account_of_name --
-- The open account of that name, and its password hash.
select a.id, a.tenant, a.name, a.party, a.role, a.areas, a.families, t.strict, a.password_hash
from registry.account a
join registry.tenant t on t.id = a.tenant
where a.tenant = %(tenant)s and a.name = %(name)s and a.closed_at is null;

-- account --
-- The open account of that number.
select a.id, a.tenant, a.name, a.party, a.role, a.areas, a.families, t.strict
from registry.account a
join registry.tenant t on t.id = a.tenant
where a.id = %(id)s and a.closed_at is null;

-- add_key --
-- Keep the digest of a new key; a label in use gives no row.
insert into registry.api_key (account, digest, label, created_at)
values (%(account)s, %(digest)s, %(label)s, %(at)s)
on conflict (account, label) where revoked_at is null do nothing
returning id;

-- keys --
-- The valid keys of an account, the oldest first.
select k.label, k.created_at from registry.api_key k
where k.account = %(account)s and k.revoked_at is null
order by k.created_at, k.id;

-- revoke_keys --
-- Make the keys of an account with that label worthless.
update registry.api_key set revoked_at = %(at)s
where account = %(account)s and label = %(label)s and revoked_at is null;

-- close_account --
-- Nobody signs in to this account any more.
update registry.account set closed_at = %(at)s where id = %(account)s and closed_at is null;

-- put_tenant --
-- Enter a tenant or replace its name and mode.
insert into registry.tenant (id, name_zh, name_en, strict)
values (%(id)s, %(name_zh)s, %(name_en)s, %(strict)s)
on conflict (id) do update set
    name_zh = excluded.name_zh, name_en = excluded.name_en, strict = excluded.strict;

-- tenant --
-- One tenant.
select id, name_zh, name_en, strict from registry.tenant where id = %(id)s;

-- secret --
-- The secret of that name.
select value from registry.secret where name = %(name)s;

-- add_secret --
-- Keep a secret of this installation; where another was quicker, its secret holds.
insert into registry.secret (name, value) values (%(name)s, %(value)s)
on conflict (name) do update set name = excluded.name
returning value;
