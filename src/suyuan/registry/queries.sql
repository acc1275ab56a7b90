-- put_party --
-- Enter a party or replace what is known of it; no row if it is so already.
insert into registry.party (tenant, uri, name_zh, name_en, kind, roles, division, contact)
values (%(tenant)s, %(uri)s, %(name_zh)s, %(name_en)s, %(kind)s, %(roles)s, %(division)s, %(contact)s)
on conflict (tenant, uri) do update set
    name_zh = excluded.name_zh, name_en = excluded.name_en, kind = excluded.kind,
    roles = excluded.roles, division = excluded.division, contact = excluded.contact
where (party.name_zh, party.name_en, party.kind, party.roles, party.division, party.contact)
    is distinct from (excluded.name_zh, excluded.name_en, excluded.kind, excluded.roles,
                      excluded.division, excluded.contact)
returning true;

-- put_site --
-- Enter one operator's time at a site, or replace it; no row if it is so already.
insert into registry.site (tenant, uri, operator, name_zh, name_en, kind, division, valid_from, valid_to)
values (%(tenant)s, %(uri)s, %(operator)s, %(name_zh)s, %(name_en)s, %(kind)s, %(division)s,
        %(valid_from)s, %(valid_to)s)
on conflict (tenant, uri, valid_from) do update set
    operator = excluded.operator, name_zh = excluded.name_zh, name_en = excluded.name_en,
    kind = excluded.kind, division = excluded.division, valid_to = excluded.valid_to
where (site.operator, site.name_zh, site.name_en, site.kind, site.division, site.valid_to)
    is distinct from (excluded.operator, excluded.name_zh, excluded.name_en, excluded.kind,
                      excluded.division, excluded.valid_to)
returning true;

-- put_product --
-- Enter a class of product or replace it; no row if it is so already.
insert into registry.product (tenant, class_uri, owner, name_zh, name_en, family, kind, unit)
values (%(tenant)s, %(class_uri)s, %(owner)s, %(name_zh)s, %(name_en)s, %(family)s, %(kind)s, %(unit)s)
on conflict (tenant, class_uri) do update set
    owner = excluded.owner, name_zh = excluded.name_zh, name_en = excluded.name_en,
    family = excluded.family, kind = excluded.kind, unit = excluded.unit
where (product.owner, product.name_zh, product.name_en, product.family, product.kind, product.unit)
    is distinct from (excluded.owner, excluded.name_zh, excluded.name_en, excluded.family,
                      excluded.kind, excluded.unit)
returning true;

-- put_licence --
-- Enter a licence or replace all but its key; no row if it is so already.
insert into registry.licence
    (tenant, party, kind, number, issuer, valid_from, valid_to, areas, covers)
values (%(tenant)s, %(party)s, %(kind)s, %(number)s, %(issuer)s, %(valid_from)s, %(valid_to)s,
        %(areas)s, %(covers)s)
on conflict (tenant, party, kind, number) do update set
    issuer = excluded.issuer, valid_from = excluded.valid_from, valid_to = excluded.valid_to,
    areas = excluded.areas, covers = excluded.covers
where (licence.issuer, licence.valid_from, licence.valid_to, licence.areas, licence.covers)
    is distinct from (excluded.issuer, excluded.valid_from, excluded.valid_to, excluded.areas,
                      excluded.covers)
returning true;

-- put_document --
-- Enter a document or replace its status, dates and details; no row if it is so already.
insert into registry.document (tenant, kind, number, issuer, status, valid_from, valid_to, details)
values (%(tenant)s, %(kind)s, %(number)s, %(issuer)s, %(status)s, %(valid_from)s, %(valid_to)s, %(details)s)
on conflict (tenant, kind, issuer, number) do update set
    status = excluded.status, valid_from = excluded.valid_from, valid_to = excluded.valid_to,
    details = excluded.details
where (document.status, document.valid_from, document.valid_to, document.details)
    is distinct from (excluded.status, excluded.valid_from, excluded.valid_to, excluded.details)
returning true;

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
-- Parties by their URIs, in the order of these.
select uri, name_zh, name_en, kind, roles, division, contact
from registry.party where tenant = %(tenant)s and uri = any(%(uris)s)
order by uri;

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

-- products_of --
-- A party's own trade items, so many at most.
select class_uri, name_zh, name_en, owner, family, kind, unit
from registry.product
where tenant = %(tenant)s and owner = %(owner)s and class_uri ^@ %(begin)s::text
order by class_uri limit %(most)s;

-- licences --
-- All licences of some parties.
select party, kind, number, issuer, valid_from, valid_to, areas, covers
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
returning
    id,
    (select strict from registry.tenant t where t.id = account.tenant),
    (select state_rules from registry.tenant t where t.id = account.tenant);

-- account_of_key --
-- The open account that a key not revoked belongs to.
select a.id, a.tenant, a.name, a.party, a.role, a.areas, a.families, t.strict, t.state_rules
from registry.api_key k
join registry.account a on a.id = k.account
join registry.tenant t on t.id = a.tenant
where k.digest = %(digest)s and k.revoked_at is null and a.closed_at is null;

-- account_of_name --
-- The open account of that name, and its password hash.
select a.id, a.tenant, a.name, a.party, a.role, a.areas, a.families, t.strict, t.state_rules, a.password_hash
from registry.account a
join registry.tenant t on t.id = a.tenant
where a.tenant = %(tenant)s and a.name = %(name)s and a.closed_at is null;

-- account --
-- The open account of that number.
select a.id, a.tenant, a.name, a.party, a.role, a.areas, a.families, t.strict, t.state_rules
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
insert into registry.tenant (id, name_zh, name_en, strict, state_rules)
values (%(id)s, %(name_zh)s, %(name_en)s, %(strict)s, %(state_rules)s)
on conflict (id) do update set
    name_zh = excluded.name_zh, name_en = excluded.name_en, strict = excluded.strict,
    state_rules = excluded.state_rules;

-- switch_state_rules --
-- Have these state rules on and those off; gives all that are on then.
update registry.tenant
set state_rules = array(
    select distinct r from unnest(state_rules || %(on)s::text[]) as s (r)
    where not (r = any (%(off)s::text[])) order by r)
where id = %(tenant)s
returning state_rules;

-- tenants_with_state_rules --
-- The tenants that have a state rule on.
select id from registry.tenant where state_rules <> '{}' order by id;

-- switch_strictness --
-- Have documents of a tenant held to the published schema, or forgiven.
update registry.tenant set strict = %(strict)s where id = %(tenant)s;

-- tenant --
-- One tenant.
select id, name_zh, name_en, strict, state_rules from registry.tenant where id = %(id)s;

-- secret --
-- The secret of that name.
select value from registry.secret where name = %(name)s;

-- add_secret --
-- Keep a secret of this installation; where another was quicker, its secret holds.
insert into registry.secret (name, value) values (%(name)s, %(value)s)
on conflict (name) do update set name = excluded.name
returning value;

-- lock_stem --
-- Whoever takes from one stem's supply waits for who is taking; ends with the transaction.
select pg_advisory_xact_lock(hashtextextended(%(key)s, 40));

-- lock_proofs --
-- Whoever withdraws a proof of a party waits for who issues by its proofs; ends with the transaction.
select pg_advisory_xact_lock(hashtextextended(%(key)s, 45));

-- share_proofs --
-- Whoever issues by a party's proofs waits for who withdraws one; ends with the transaction.
select pg_advisory_xact_lock_shared(hashtextextended(%(key)s, 45));

-- series_of_stem --
-- Every supply of a stem, the longest serials last.
select id, alphabet, length, capacity, issued, guarded, checks, secret
from registry.code_series
where tenant = %(tenant)s and scheme = %(scheme)s and stem = %(stem)s
order by length;

-- series_of_serials --
-- The supplies that a serial of that many characters behind one of the stems can be of.
select s.id, s.scheme, s.stem, s.alphabet, s.length, s.capacity, s.guarded, s.checks, s.secret
from unnest(%(schemes)s::text[], %(stems)s::text[], %(lengths)s::int[]) as asked (scheme, stem, length)
join registry.code_series s
  on s.scheme = asked.scheme and s.stem = asked.stem and s.length + s.checks = asked.length
where s.tenant = %(tenant)s;

-- stems_supplied --
-- Those of the stems that have a supply, of serials of whatever length.
select s.scheme, s.stem from unnest(%(schemes)s::text[], %(stems)s::text[]) as asked (scheme, stem)
join registry.code_series s on s.scheme = asked.scheme and s.stem = asked.stem
where s.tenant = %(tenant)s;

-- open_series --
-- Open a supply of serials.
insert into registry.code_series
    (tenant, scheme, stem, alphabet, length, capacity, guarded, checks, secret, opened_at)
values (%(tenant)s, %(scheme)s, %(stem)s, %(alphabet)s, %(length)s, %(capacity)s, %(guarded)s,
        %(checks)s, %(secret)s, %(at)s)
returning id;

-- take_range --
-- Hand out the next so many serials of a supply, once for ever; no row where so many are not left.
update registry.code_series set issued = issued + %(count)s
where id = %(series)s and issued + %(count)s <= capacity
returning issued - %(count)s;

-- use_key --
-- Who makes a package by a party's newest key waits for a rotation, and for no other package.
select pg_advisory_xact_lock_shared(hashtextextended(%(key)s, 44));

-- turn_key --
-- A rotation waits for every package that the key before is making; ends with the transaction.
select pg_advisory_xact_lock(hashtextextended(%(key)s, 44));

-- last_check_key --
-- The newest key of an enterprise's check characters.
select number, value, made_at from registry.code_key
where tenant = %(tenant)s and party = %(party)s
order by number desc limit 1;

-- add_check_key --
-- Keep a key; where another was quicker, its key holds, and is told as not new.
insert into registry.code_key (tenant, party, number, value, made_at)
values (%(tenant)s, %(party)s, %(number)s, %(value)s, %(at)s)
on conflict (tenant, party, number) do update set party = excluded.party
returning value, made_at, xmax = 0;

-- check_keys --
-- All keys of an enterprise's check characters, that of rule 1 as number 0. The newest is live, and
-- each of which a code still counts; rule 1 has none where it made no code.
with known as (
    select number, value, made_at from registry.code_key
    where tenant = %(tenant)s and party = %(party)s
    union all
    select 0, value, null from registry.code_secret
    where tenant = %(tenant)s and party = %(party)s
), made as (
    select coalesce(p.key, 0) as number,
           bool_or(p.past - p.first > (select coalesce(sum(w.past - w.first), 0)
                                       from registry.code_withdrawn w where w.package = p.id)) as counts
    from registry.code_package p
    join registry.code_series s on s.id = p.series and s.checks > 0
    where p.tenant = %(tenant)s and p.party = %(party)s
    group by 1
)
select k.number, k.value, k.made_at,
       coalesce(m.counts, false) or (k.number > 0 and k.number = max(k.number) over ())
from known k
left join made m on m.number = k.number
where k.number > 0 or m.number is not null
order by k.number;

-- checked_supplies --
-- Supplies with check characters of which a party has codes, and the keys of those that count.
with made as (
    select p.series, coalesce(p.key, 0) as number,
           p.past - p.first > (select coalesce(sum(w.past - w.first), 0)
                               from registry.code_withdrawn w where w.package = p.id) as counts
    from registry.code_package p where p.tenant = %(tenant)s and p.party = %(party)s
)
select s.scheme, s.stem, s.length + s.checks, s.checks,
       coalesce(array_agg(distinct m.number order by m.number) filter (where m.counts), '{}')
from registry.code_series s
join made m on m.series = s.id
where s.checks > 0
group by s.id
order by 1, 2, 3;

-- lock_request --
-- Whoever sends an order again waits for the answer to the first.
select pg_advisory_xact_lock(hashtextextended(%(key)s, 42));

-- request --
-- The package that an account got for an order with that key, and the order's digest.
select package, digest from registry.code_request where account = %(account)s and key = %(key)s;

-- add_request --
-- Keep which package an order with a key got.
insert into registry.code_request (account, key, digest, package, at)
values (%(account)s, %(key)s, %(digest)s, %(package)s, %(at)s);

-- add_package --
-- Keep what was handed out, to whom, when.
insert into registry.code_package
    (id, tenant, party, account, series, first, past, note, salt, made_at, rule, key)
values (%(id)s, %(tenant)s, %(party)s, %(account)s, %(series)s, %(first)s, %(past)s, %(note)s,
        %(salt)s, %(at)s, %(rule)s, %(key)s);

-- packages --
-- The packages of one party, or the one of that number if it is that party's; newest first. Of
-- containers also whose codes are packed in them.
select p.id, p.party, s.scheme, s.stem, p.first, p.past, p.note, p.made_at, p.salt is not null,
       (select c.content from registry.code_packing c where c.container = p.id),
       p.key, p.rule, coalesce(k.value, b.value),
       s.alphabet, s.length, s.capacity, s.guarded, s.checks, s.secret
from registry.code_package p
join registry.code_series s on s.id = p.series
left join registry.code_key k on k.tenant = p.tenant and k.party = p.party and k.number = p.key
left join registry.code_secret b on b.tenant = p.tenant and b.party = p.party and p.rule = 1
where p.tenant = %(tenant)s and p.party = %(party)s
  and (%(id)s::uuid is null or p.id = %(id)s)
order by p.made_at desc, p.id
limit %(most)s;

-- package_of_index --
-- The package that an index of a supply was handed out in, rule and key of its check characters,
-- and since when the code is withdrawn.
select p.id, p.party, p.first, p.note, p.salt, p.made_at, p.rule, coalesce(k.value, b.value),
       (select min(w.at) from registry.code_withdrawn w
        where w.package = p.id and w.first <= %(index)s and w.past > %(index)s)
from (
    select id, tenant, party, first, past, note, salt, made_at, rule, key
    from registry.code_package
    where series = %(series)s and first <= %(index)s
    order by first desc limit 1  -- ranges never meet: no package but the nearest can hold it
) p
left join registry.code_key k on k.tenant = p.tenant and k.party = p.party and k.number = p.key
left join registry.code_secret b on b.tenant = p.tenant and b.party = p.party and p.rule = 1
where p.past > %(index)s;

-- copy_scratch --
-- Bring the digests of a package's secrets in.
copy registry.code_scratch (package, place, digest) from stdin (format binary);

-- verify_scratch --
-- Count a verification with the right secret; who comes first is told so, and nobody else.
update registry.code_scratch
set times = times + 1, first_at = coalesce(first_at, %(at)s)
where package = %(package)s and place = %(place)s and digest = %(digest)s
returning times, first_at;

-- lock_imports --
-- A party's imports of a scheme one after the other, so that no two can overlap unseen.
select pg_advisory_xact_lock(hashtextextended(%(key)s, 41));

-- imports_overlapping --
-- Those of these ranges that touch what the same party brought in before, and the last of it that
-- each touches; a thousand at most.
select r.first, mine.batch, mine.first, mine.last
from unnest(%(firsts)s::text[], %(lasts)s::text[]) as r (first, last)
join lateral (
    select i.batch, i.first, i.last from registry.code_import i
    where i.tenant = %(tenant)s and i.scheme = %(scheme)s and i.party = %(party)s
      and i.first <= r.last
      and not exists (select from registry.code_withdrawal w where w.batch = i.batch)
    order by i.first desc limit 1
) as mine on mine.last >= r.first
order by r.first limit 1000;

-- copy_import --
-- Bring codes in that a state body gave out.
copy registry.code_import (batch, tenant, party, account, scheme, first, last, at) from stdin;

-- add_batch --
-- Keep what was brought in together; two may complete the same.
insert into registry.code_batch (batch, tenant, party, scheme, first, count, at)
values (%(batch)s, %(tenant)s, %(party)s, %(scheme)s, %(first)s, %(count)s, %(at)s)
on conflict do nothing;

-- batches_unlisted --
-- What an older program beside this one brought in, of one scheme or of all: it keeps no batches. One
-- look for each batch, none for each code.
with recursive b as (
    (select batch from registry.code_import order by batch limit 1)
    union all
    select (select i.batch from registry.code_import i where i.batch > b.batch
            order by i.batch limit 1)
    from b where b.batch is not null
)
select i.batch, i.party, i.account, i.scheme, i.at
from b cross join lateral (select * from registry.code_import i where i.batch = b.batch limit 1) as i
where not exists (select from registry.code_batch k where k.batch = b.batch)
  and i.tenant = %(tenant)s and (%(scheme)s::text is null or i.scheme = %(scheme)s)
order by i.scheme, i.batch;

-- spans_of --
-- The ranges of a batch.
select first, last from registry.code_import where batch = %(batch)s;

-- add_disputes --
-- Keep which other parties' batches that count have a code of these ranges, each way. A range that
-- begins before a code reaches it from no further than the digits of its length allow. Who has no
-- row yet meets this one when it gets it.
with classes as materialized (
    select d.digits, power(10::numeric, d.digits) as most
    from unnest(%(digits)s::int[]) as d (digits)
    where exists (select from registry.code_import i
                  where i.tenant = %(tenant)s and i.scheme = %(scheme)s and i.first < i.last
                    and length((i.last::numeric - i.first::numeric)::text) = d.digits)
), met as (
    select distinct o.batch
    from unnest(%(firsts)s::text[], %(lasts)s::text[]) as r (first, last)
    cross join lateral (
        select i.batch from registry.code_import i
        where i.tenant = %(tenant)s and i.scheme = %(scheme)s and i.party <> %(party)s
          and i.first between r.first and r.last
        union all
        select i.batch from classes c
        join registry.code_import i on i.first < i.last
          and length((i.last::numeric - i.first::numeric)::text) = c.digits
        where i.tenant = %(tenant)s and i.scheme = %(scheme)s and i.party <> %(party)s
          and i.first < r.first and i.last >= r.first
          and i.first >= lpad(greatest(case when r.first !~ '[^0-9]' then r.first end::numeric
                                       - c.most, 0)::numeric(40, 0)::text, length(r.first), '0')
          and r.first !~ '[^0-9]'
    ) as o
), live as (
    select m.batch from met m
    where not exists (select from registry.code_withdrawal w where w.batch = m.batch)
      and exists (select from registry.code_batch k where k.batch = m.batch)
)
insert into registry.code_dispute (batch, other)
select %(batch)s, batch from live union all select batch, %(batch)s from live
on conflict do nothing;

-- importers --
-- Every party that brought a code in, its batch and when: alone or in a range, which begins no lower
-- than the digits of its length allow.
select i.party, i.batch, i.at from registry.code_import i
where i.tenant = %(tenant)s and i.scheme = %(scheme)s and i.first = %(code)s
  and not exists (select from registry.code_withdrawal w where w.batch = i.batch)
union
select i.party, i.batch, i.at
from unnest(%(digits)s::int[], %(lowest)s::text[]) as c (digits, lowest)
join registry.code_import i on i.first < i.last
  and length((i.last::numeric - i.first::numeric)::text) = c.digits
  and i.first between c.lowest and %(code)s
where i.tenant = %(tenant)s and i.scheme = %(scheme)s and i.last >= %(code)s
  and not exists (select from registry.code_withdrawal w where w.batch = i.batch)
order by party, at;

-- imports --
-- What was brought in and not withdrawn, newest first; `disputed` where another's that is not
-- withdrawn either has one of its codes.
select b.batch, b.party, b.scheme, b.first, b.count,
    exists (select from registry.code_dispute d
            where d.batch = b.batch
              and not exists (select from registry.code_withdrawal w where w.batch = d.other)),
    b.at
from registry.code_batch b
where b.tenant = %(tenant)s
  and not exists (select from registry.code_withdrawal w where w.batch = b.batch)
order by b.at desc, b.batch
limit %(most)s;

-- withdraw_import --
-- Take a batch back, once; nothing of it is deleted. No row where there is no such batch.
insert into registry.code_withdrawal (batch, reason, at)
select i.batch, %(reason)s, %(at)s from registry.code_import i
where i.tenant = %(tenant)s and i.batch = %(batch)s
limit 1
on conflict (batch) do nothing
returning batch;

-- lock_package --
-- Whoever keeps a print run of a package waits for who is keeping one.
select id from registry.code_package where id = %(package)s for no key update;

-- last_of_package --
-- When codes of a package were last packed or withdrawn; null if never.
select greatest((select max(k.at) from registry.code_packing k where k.content = %(package)s),
                (select max(w.at) from registry.code_withdrawn w where w.package = %(package)s));

-- add_print --
-- Keep that codes were printed.
insert into registry.code_print
    (id, tenant, party, account, package, first, past, design, format, digest, at)
values (%(id)s, %(tenant)s, %(party)s, %(account)s, %(package)s, %(first)s, %(past)s, %(design)s,
        %(format)s, %(digest)s, %(at)s);

-- prints --
-- What of a package was printed, oldest first.
select r.id, r.first - p.first, r.past - p.first, r.design, r.format, r.digest, r.at
from registry.code_print r
join registry.code_package p on p.id = r.package
where r.package = %(package)s and r.tenant = %(tenant)s and r.party = %(party)s
  and (%(past)s::bigint is null or (r.first < %(past)s and r.past > %(first)s))
order by r.at, r.id;

-- packages_named --
-- A package of a party whose number begins so or whose note is so, and how many such there are.
select p.id, count(*) over () from registry.code_package p
where p.tenant = %(tenant)s and p.party = %(party)s
  and (p.id::text ^@ %(begin)s::text or p.note = %(note)s)
order by p.id limit 1;

-- packing_of --
-- In which package the codes of one are packed, how many to a container, since when; the newest
-- whose containers are not all withdrawn.
select k.container, k.fit, k.at from registry.code_packing k
join registry.code_package p on p.id = k.container
where k.content = %(package)s
  and p.past - p.first > (select coalesce(sum(w.past - w.first), 0)  -- no code is withdrawn twice
                          from registry.code_withdrawn w where w.package = p.id)
order by k.id desc limit 1;

-- add_packing --
-- Keep that a package's codes are packed in another's.
insert into registry.code_packing (content, container, fit, account, at)
values (%(content)s, %(container)s, %(fit)s, %(account)s, %(at)s);

-- withdrawn --
-- What of a package was withdrawn, oldest first.
select w.first - p.first, w.past - p.first, w.reason, w.at
from registry.code_withdrawn w
join registry.code_package p on p.id = w.package
where w.package = %(package)s
order by w.id;

-- withdrawn_of --
-- What of these codes of a package was withdrawn, oldest first. No code is withdrawn twice, so of
-- those that begin before them the last alone can reach them.
select w.first - p.first, w.past - p.first, w.reason, w.at
from (
    select * from registry.code_withdrawn
    where package = %(package)s and first >= %(first)s and first < %(past)s
    union all
    (select * from registry.code_withdrawn
     where package = %(package)s and first < %(first)s order by first desc limit 1)
) w
join registry.code_package p on p.id = w.package
where w.past > %(first)s
order by w.id;

-- withdraw_codes --
-- Keep that codes of a package no longer count; nothing of them is deleted.
insert into registry.code_withdrawn (package, first, past, reason, account, at)
values (%(package)s, %(first)s, %(past)s, %(reason)s, %(account)s, %(at)s);

-- add_entitlement_act --
-- Keep that a proof of stems was entered or withdrawn.
insert into registry.entitlement_act
    (tenant, party, kind, number, withdrawn, valid_from, valid_to, reason, at)
values (%(tenant)s, %(party)s, %(kind)s, %(number)s, %(withdrawn)s, %(valid_from)s, %(valid_to)s,
        %(reason)s, %(at)s);

-- entitlements --
-- Licences of the kinds that prove stems, of one party or of all, with the last act about each.
select l.party, l.kind, l.number, l.valid_from, l.valid_to, coalesce(a.withdrawn, false),
       coalesce(a.reason, ''), a.at
from registry.licence l
left join lateral (
    select withdrawn, reason, at from registry.entitlement_act a
    where a.tenant = l.tenant and a.party = l.party and a.kind = l.kind and a.number = l.number
    order by a.id desc limit 1
) a on true
where l.tenant = %(tenant)s and l.kind = any(%(kinds)s)
  and (%(party)s::text is null or l.party = %(party)s)
order by l.party, l.kind, l.number;

-- add_target --
-- Keep where links of a code lead.
insert into registry.target
    (id, tenant, party, key, link_type, href, title, languages, media, context, is_default, made_at)
values (%(id)s, %(tenant)s, %(party)s, %(key)s, %(link_type)s, %(href)s, %(title)s, %(languages)s,
        %(media)s, %(context)s, %(is_default)s, %(made_at)s);

-- lock_key --
-- One at a time says where links of a code lead.
select pg_advisory_xact_lock(hashtextextended(%(key)s, 43));

-- end_default --
-- What was a code's default until now is one no more; it stays on file.
update registry.target set withdrawn_at = %(made_at)s
where tenant = %(tenant)s and key = %(key)s and is_default and withdrawn_at is null;

-- withdraw_target --
-- Where a link led leads nowhere from now on; it stays on file.
update registry.target set withdrawn_at = %(at)s
where tenant = %(tenant)s and id = %(id)s and withdrawn_at is null
  and (%(party)s::text is null or party = %(party)s);

-- targets --
-- Where links of some codes lead now.
select id, party, key, link_type, href, title, languages, media, context, is_default, made_at
from registry.target
where tenant = %(tenant)s and key = any(%(keys)s) and withdrawn_at is null
order by key, link_type, made_at, id;

-- party_targets --
-- All that a party says now of where links lead; null: that anybody says.
select id, party, key, link_type, href, title, languages, media, context, is_default, made_at
from registry.target
where tenant = %(tenant)s and (%(party)s::text is null or party = %(party)s)
  and withdrawn_at is null
order by key, link_type, made_at, id;

-- keep_query --
-- Keep a query under a name, unless the name is taken.
insert into registry.named_query (tenant, owner, name, asked, at)
values (%(tenant)s, %(owner)s, %(name)s, %(asked)s, %(at)s)
on conflict do nothing;

-- named_queries --
-- Queries of an owner, by name, from one on; or the one of that name.
select name, asked from registry.named_query
where tenant = %(tenant)s and owner = %(owner)s and name > %(after)s
  and (%(only)s::text is null or name = %(only)s)
order by name
limit %(limit)s;

-- forget_query --
-- Remove a query; the events it found stay.
delete from registry.named_query
where tenant = %(tenant)s and owner = %(owner)s and name = %(name)s;

-- spend_token --
-- Let a page token go, and forget those whose time is over.
with over as (
    delete from registry.spent_token where ends < %(now)s
)
insert into registry.spent_token (digest, ends) values (%(digest)s, %(ends)s)
on conflict do nothing;

-- is_spent --
-- Whether a page token was let go.
select exists (select from registry.spent_token where digest = %(digest)s);

-- account_names --
-- What every account is called.
select id, name from registry.account;

-- lock_registrations --
-- Whoever changes the registry by hand waits for who is changing it.
select pg_advisory_xact_lock(hashtextextended('registrations', 45));

-- add_registration --
-- Keep how an entry is from now on, and who said so.
insert into registry.registration (tenant, relation, party, entry, account, at)
values (%(tenant)s, %(relation)s, %(party)s, %(entry)s, %(account)s, %(at)s);

-- registrations --
-- What was registered of a party, the latest first.
select r.relation, r.entry, a.name, r.at
from registry.registration r
left join registry.account a on a.id = r.account
where r.tenant = %(tenant)s and r.party = %(party)s
order by r.id desc
limit %(most)s;

-- parties_listed --
-- Registered parties in their order, of some areas or of all; who is known by its URI alone is not.
select uri, name_zh, name_en, kind, roles, division, contact
from registry.party
where tenant = %(tenant)s and uri > %(after)s and name_zh <> uri
  and (%(areas)s::text[] is null or division ^@ any(%(areas)s::text[]))
order by uri
limit %(most)s;

-- documents_of --
-- What a party gave out, the latest first.
select kind, number, issuer, status, valid_from, valid_to, details
from registry.document
where tenant = %(tenant)s and issuer = %(issuer)s
order by valid_from desc nulls last, number
limit %(most)s;

-- add_credit_decision --
-- Keep a credit decision; its number.
insert into registry.credit_decision
    (tenant, party, kind, grade, ground, document, authority, authority_code, family, decided_on,
     valid_from, valid_to, account, at)
values (%(tenant)s, %(party)s, %(kind)s, %(grade)s, %(ground)s, %(document)s, %(authority)s,
        %(authority_code)s, %(family)s, %(decided_on)s, %(valid_from)s, %(valid_to)s, %(account)s,
        %(at)s)
returning number;

-- lock_credit --
-- Whoever enters a credit decision about a party waits for who is entering one; ends with the
-- transaction.
select pg_advisory_xact_lock(hashtextextended(%(key)s, 46));

-- same_credit_decision --
-- A credit decision that says the same and was not withdrawn.
select d.number
from registry.credit_decision d
where d.tenant = %(tenant)s and d.party = %(party)s and d.kind = %(kind)s and d.grade = %(grade)s
  and d.ground = %(ground)s and d.document = %(document)s and d.authority = %(authority)s
  and d.authority_code = %(authority_code)s and d.family = %(family)s
  and d.decided_on = %(decided_on)s and d.valid_from = %(valid_from)s
  and d.valid_to is not distinct from %(valid_to)s::date
  and not exists (select from registry.credit_withdrawal w where w.decision = d.number)
limit 1;

-- add_credit_withdrawal --
-- Keep that a credit decision was taken back; no row where somebody was quicker.
insert into registry.credit_withdrawal
    (decision, way, ground, document, withdrawn_on, account, at)
values (%(decision)s, %(way)s, %(ground)s, %(document)s, %(withdrawn_on)s, %(account)s, %(at)s)
on conflict (decision) do nothing
returning true;

-- credit_told --
-- Credit decisions, each with how it was taken back.
select d.number, d.party, d.kind, d.grade, d.ground, d.document, d.authority, d.authority_code,
       d.family, d.decided_on, d.valid_from, d.valid_to, w.way, w.ground as why,
       w.document as by_document, w.withdrawn_on, d.tenant
from registry.credit_decision d
left join registry.credit_withdrawal w on w.decision = d.number;

-- credit_decision --
-- A credit decision by its number.
select t.* from ({{credit_told}}) as t where t.number = %(number)s and t.tenant = %(tenant)s;

-- credit_decisions_of --
-- The latest credit decisions about a party below a number, of some families and kinds; those that
-- hold on some days.
select t.* from ({{credit_told}}) as t
where t.tenant = %(tenant)s and t.party = %(party)s and t.number < %(before)s
  and (%(families)s::text[] is null or t.family = any(%(families)s::text[]))
  and (%(kinds)s::text[] is null or t.kind = any(%(kinds)s::text[]))
  and not exists (select from unnest(%(days)s::date[]) as asked (day)
                  where day < t.valid_from or day > t.valid_to or day >= t.withdrawn_on)
order by t.number desc
limit %(most)s;

-- credit_decisions --
-- The same about whatever party is or has a site in some areas, or about all.
select t.* from ({{credit_told}}) as t
where t.tenant = %(tenant)s and t.number < %(before)s
  and (%(families)s::text[] is null or t.family = any(%(families)s::text[]))
  and not exists (select from unnest(%(days)s::date[]) as asked (day)
                  where day < t.valid_from or day > t.valid_to or day >= t.withdrawn_on)
  and (%(areas)s::text[] is null
       or exists (select from registry.party p where p.tenant = t.tenant and p.uri = t.party
                  and p.division ^@ any(%(areas)s::text[]))
       or exists (select from registry.site s where s.tenant = t.tenant and s.operator = t.party
                  and s.division ^@ any(%(areas)s::text[])))
order by t.number desc
limit %(most)s;
