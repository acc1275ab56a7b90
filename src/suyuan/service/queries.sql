-- known_thing --
-- What the index holds of a name, as far as the viewer may see: events, first and last time.
-- That an event names a party, a place or a document, only those learn who have part in it.
-- One name at a time: for one, PostgreSQL keeps its plan; for a list it plans each time anew, which
-- takes ten times as long as the look-up.
select count(*), min(e.event_time), max(e.event_time), min(e.family)
from (
    select e.event_time, e.family
    from (
        select either.entry, bool_or(either.states)
        from (
            select a.entry, true from index.act as a
            where index.keys_of(a) @> array[index.key_of(%(uri)s, 0)]
              and starts_with(%(uri)s, a.head)
              and substr(%(uri)s, length(a.head) + 1) = any (index.tails(a.tails))
            union all
            select l.entry, m.stated >> (l.position & 63)::int & 1 = 1
            from index.name as n
            cross join lateral (
                select m.block, coalesce(m.places[array_position(m.names, n.id)], 0) as beside,
                       coalesce(m.places[array_position(m.names, -n.id)], 0) as stated
                from index.mention as m where m.names && array[n.id, -n.id]
                offset 0 -- by the index, here and below
            ) as m
            cross join lateral (
                select l.entry, l.position from ledger.leaf as l
                where l.position between m.block * 64 and m.block * 64 + 63
                  and (m.beside | m.stated) >> (l.position & 63)::int & 1 = 1
                offset 0
            ) as l
            where hashtext(n.uri) = hashtext(%(uri)s) and n.uri = %(uri)s
        ) as either (entry, states)
        group by either.entry
    ) as named (entry, states)
    cross join lateral (
        select e.event_time, e.family from record.entry as e
        where e.id = named.entry
          and e.tenant = %(tenant)s
          and (%(everything)s
               or named.states and e.tags && %(tags)s::bigint[]
               or e.tags && %(own)s::bigint[])
        offset 0 -- one entry after the other: a join would read them all
    ) as e
    limit 10000 -- of those that are seen: what is hidden may not use the limit up
) as e
having count(*) > 0;

-- parties_entered --
-- The parties of a tenant in the order in which they were entered, so many at most.
select uri from registry.party where tenant = %(tenant)s order by id limit %(most)s;

-- recorded_names --
-- Those of these names that an act has a thing by, whoever may see it.
select w.name
from unnest(%(names)s::text[]) as w (name)
cross join lateral (
    select from index.act as a
    where index.keys_of(a) @> array[index.key_of(w.name, 0)]
      and starts_with(w.name, a.head)
      and substr(w.name, length(a.head) + 1) = any (index.tails(a.tails))
    limit 1
) as a;

-- progress --
-- How far the index has followed the record.
select
    coalesce((select max(c.position) from index.cursor as c), 0),
    (select h.size from ledger.head as h);

-- examples --
-- The newest things that the public may look up, one for each product.
select uri from (
    select distinct on (split_part(t.uri, '/', 5)) t.uri, a.position
    from index.act as a
    join record.entry as e on e.id = a.entry
    cross join lateral (select a.head || tail as uri from unnest(index.tails(a.tails)) as tail) as t
    where a.position > (select max(c.position) - 2000 from index.cursor as c)
      and e.tenant = %(tenant)s and e.tags && %(tags)s::bigint[]
      and t.uri like 'https://id.gs1.org/01/%%'
    order by split_part(t.uri, '/', 5), a.position desc
) as newest
order by position desc
limit %(most)s;

-- health --
-- Whether the ledger is whole, what waits for it, and how far the index is.
select
    (select h.size from ledger.head as h),
    (select coalesce(max(l.position), 0) from ledger.leaf as l),
    (select count(*) from ledger.leaf),
    (select count(*) from ledger.queue),
    (select coalesce(max(c.position), 0) from index.cursor as c);

-- half_done --
-- Kinds of half-done things: how many, and one of them.
select kind, count(*), min(place) from (
    select 'record.job' as kind, 'record.entry ' || e.id as place from record.entry as e
    where not exists (select from capture.job as j where j.id = e.job)
    union all
    select 'record.counts', 'capture.job ' || j.id
    from capture.job as j left join (
        select t.job, count(*) as entries
        from (select job from record.entry union all
              select unnest(jobs) from record.erasure) as t group by t.job
    ) as n on n.job = j.id
    where (select coalesce(sum(case when c.value ~ '^[0-9]{1,9}$' then c.value::int end), 0)
           from jsonb_each_text(
               case when jsonb_typeof(j.counts) = 'object' then j.counts else '{}' end) as c
           where c.key in ('accepted', 'flagged', 'held')) <> coalesce(n.entries, 0)
    union all
    select 'record.refused', 'capture.refused ' || r.id from capture.refused as r
    where not exists (select from capture.job as j where j.id = r.job)
    union all
    select 'capture.unfinished', 'capture.job ' || j.id from capture.job as j
    where j.finished_at is null and not exists (select from capture.waiting as w where w.job = j.id)
    union all
    select 'capture.waiting', 'capture.waiting ' || w.job from capture.waiting as w
    where not exists (select from capture.job as j where j.id = w.job and j.finished_at is null)
    union all
    select 'capture.waiting-part', 'capture.waiting_part ' || p.job from capture.waiting_part as p
    where not exists (select from capture.waiting as w where w.job = p.job)
    union all
    select 'state.event', 'state.event ' || s.entry from state.event as s
    where not exists (select from record.entry as e where e.id = s.entry)
       or not exists (select from state.scene as n where n.id = s.scene)
    union all
    select 'state.bundle', 'state.bundle ' || b.bundle from state.bundle as b
    where not exists (select from state.event as s where s.bundle = b.bundle)
       or (not exists (
               select from state.event as s
               where s.bundle = b.bundle
                 and b.since::numeric = s.entry::numeric - case
                     when s.what & 18 <> 0 then 1::bigint << 60
                     when s.what & 493 <> 0 then 1::bigint << 61 else 0 end)
           and not exists (select from record.erasure as x cross join unnest(x.entries) as u (entry)
                           where u.entry = mod(b.since::numeric + 4 * (1::bigint << 60)::numeric,
                                               (1::bigint << 60)::numeric)))
    union all
    select 'state.withdrawn', 'state.withdrawn ' || w.entry from state.withdrawn as w
    where not exists (select from record.entry as e where e.id = w.entry)
    union all
    select 'state.plain', 'state.plain_event ' || s.entry from state.plain_event as s
    where not exists (select from record.entry as e where e.id = s.entry)
    union all
    select 'state.plain', 'state.plain_line ' || l.entry from state.plain_line as l
    where not exists (select from state.plain_event as s where s.entry = l.entry)
    union all
    select 'state.keeping', 'registry.tenant ' || t.id from registry.tenant as t
    where t.state_rules <> '{}'
      and not exists (select from state.plain_tenant as k
                      where k.tenant = t.id and k.is_whole and not k.is_ending and k.reached = 0)
    union all
    select 'state.keeping', 'state.plain_tenant ' || k.tenant from state.plain_tenant as k
    where not exists (select from registry.tenant as t where t.id = k.tenant and t.state_rules <> '{}')
    union all
    select 'registry.issued', 'registry.code_series ' || s.id from registry.code_series as s
    where s.issued < (select coalesce(max(p.past), 0)
                      from registry.code_package as p where p.series = s.id)
) as found
group by kind order by kind;

-- described --
-- What reporters call places and parties in their documents, as far as the viewer may read those:
-- the newest name of each. Who sees everything reads all, others what they reported themselves.
select distinct on (v.name) v.name, v.attributes ->> 'urn:epcglobal:cbv:mda#name'
from index.vocabulary as v
where v.tenant = %(tenant)s
  and v.name = any (%(names)s::text[])
  and (%(everything)s or v.party = %(party)s)
  and v.attributes ? 'urn:epcglobal:cbv:mda#name'
order by v.name, v.position desc;

-- governed_accounts --
-- Accounts as acts open them; a password or an end no act gives.
select array[a.name], jsonb_build_object(
    'name', a.name, 'party', a.party, 'role', a.role, 'areas', a.areas, 'families', a.families,
    'password', a.password_hash is not null, 'closed', a.closed_at is not null,
    'tenant', nullif(a.tenant, 1))
from registry.account as a order by a.id;

-- governed_keys --
-- API keys by account and label, in the order in which they were issued.
select array[a.name, k.label], jsonb_build_object(
    'digest', encode(k.digest, 'hex'), 'created', extract(epoch from k.created_at),
    'revoked', extract(epoch from k.revoked_at))
from registry.api_key as k join registry.account as a on a.id = k.account
order by k.id;

-- governed_tenants --
-- What tenants have switched on.
select array[t.id::text], jsonb_build_object(
    'state-rules', array(select r from unnest(t.state_rules) as u (r) order by r collate "C"),
    'strict', t.strict)
from registry.tenant as t order by t.id;

-- governed_proofs --
-- What was said of proofs of codes, in its order.
select array[a.party, a.kind], jsonb_build_object(
    'proof', a.number, 'withdrawn', a.withdrawn, 'valid-from', a.valid_from,
    'valid-to', a.valid_to, 'reason', a.reason, 'at', extract(epoch from a.at),
    'tenant', nullif(a.tenant, 1))
from registry.entitlement_act as a order by a.id;

-- governed_links --
-- Where links lead and led.
select array[t.id::text], jsonb_build_object(
    'party', t.party, 'key', t.key, 'type', t.link_type, 'href', t.href, 'title', t.title,
    'languages', t.languages, 'media', t.media, 'context', t.context, 'default', t.is_default,
    'made', extract(epoch from t.made_at), 'withdrawn', extract(epoch from t.withdrawn_at),
    'tenant', nullif(t.tenant, 1))
from registry.target as t order by t.id;

-- governed_imports --
-- Batches of codes of state bodies: how many, and one digest of them all.
select array[i.batch::text], jsonb_build_object(
    'party', case when min(i.party) = max(i.party) then min(i.party) else '?' end,
    'scheme', case when min(i.scheme) = max(i.scheme) then min(i.scheme) else '?' end,
    'codes', sum(case when i.first = i.last then 1
        when i.first ~ '^[0-9]{1,40}$' and i.last ~ '^[0-9]{1,40}$'
        then i.last::numeric - i.first::numeric + 1 end),
    'digest', encode(sha256(convert_to(
        string_agg(i.first || '-' || i.last, E'\n' order by i.first collate "C"), 'UTF8')), 'hex'),
    'by', case when count(i.account) in (0, count(*)) and min(i.account) is not distinct from
        max(i.account) then min(i.account) else 0 end,
    'at', case when min(i.at) = max(i.at) then extract(epoch from min(i.at)) end,
    'tenant', case when min(i.tenant) = max(i.tenant) then nullif(min(i.tenant), 1) else 0 end)
from registry.code_import as i group by i.batch order by i.batch;

-- governed_batches --
-- What is listed of batches: whose, of which scheme, how many codes, when. One without a row gets it
-- when somebody lists, and would be told of by its codes.
select array[b.batch::text], jsonb_build_object(
    'party', b.party, 'scheme', b.scheme, 'codes', b.count, 'at', extract(epoch from b.at),
    'tenant', nullif(b.tenant, 1))
from (
    select batch, tenant, party, scheme, count, at from registry.code_batch
    union all
    select i.batch, min(i.tenant), min(i.party), min(i.scheme),
        sum(case when i.first = i.last then 1
            when i.first ~ '^[0-9]{1,40}$' and i.last ~ '^[0-9]{1,40}$'
            then i.last::numeric - i.first::numeric + 1 end), min(i.at)
    from registry.code_import as i
    where not exists (select from registry.code_batch as k where k.batch = i.batch)
    group by i.batch
) as b order by b.batch;

-- governed_firsts --
-- Batches that are listed from another code than their lowest.
select b.batch::text, b.first, i.first
from registry.code_batch as b
join (select batch, min(first) as first from registry.code_import group by batch) as i
    on i.batch = b.batch
where b.first <> i.first order by b.batch;

-- governed_strangers --
-- Batches with codes that are no digits, as no code is that a state body gives out: how many, the
-- lowest, whose.
select i.batch::text, count(*), min(i.first), min(i.party), min(i.scheme)
from registry.code_import as i
where i.first ~ '[^0-9]' or i.last ~ '[^0-9]' or i.first = ''
group by i.batch order by i.batch;

-- governed_disputes --
-- Pairs of batches, neither withdrawn, that have a code in common and are not kept so, or the other
-- way round. A code can be met from no further than the digits of a range's length allow.
with live as (
    select i.batch, i.tenant, i.scheme, i.party, i.first, i.last,
        max(i.last) over (ordered rows between unbounded preceding and 1 preceding) >= i.first
            or lead(i.first) over ordered <= i.last as meets
    from registry.code_import as i
    where i.first ~ '^[0-9]{1,40}$' and i.last ~ '^[0-9]{1,40}$'
      and exists (select from registry.code_batch as k where k.batch = i.batch)
      and not exists (select from registry.code_withdrawal as w where w.batch = i.batch)
    window ordered as (partition by i.tenant, i.scheme order by i.first, i.last, i.id)
), met as (
    select i.batch, o.batch as other
    from live as i cross join lateral (
        select n.batch from registry.code_import as n
        where n.tenant = i.tenant and n.scheme = i.scheme and n.party <> i.party
          and n.first between i.first and i.last
        union all
        select n.batch from generate_series(1, 6) as d (digits)
        join registry.code_import as n on n.first < n.last
          and length((n.last::numeric - n.first::numeric)::text) = d.digits
        where n.tenant = i.tenant and n.scheme = i.scheme and n.party <> i.party
          and n.first < i.first and n.last >= i.first
          and n.first >= lpad(greatest(i.first::numeric - power(10::numeric, d.digits), 0)
                              ::numeric(40, 0)::text, length(i.first), '0')
    ) as o
    where i.meets
), due as (
    select batch, other from met union select other, batch from met
), known as (
    select k.batch from registry.code_batch as k
    where not exists (select from registry.code_withdrawal as w where w.batch = k.batch)
), said as (
    select d.batch, d.other from registry.code_dispute as d
    join known as one on one.batch = d.batch join known as two on two.batch = d.other
), lawful as (
    select u.batch, u.other from due as u
    join known as one on one.batch = u.batch join known as two on two.batch = u.other
)
(select batch::text, other::text, true as is_kept from said
 except all select batch::text, other::text, true from lawful)
union all
(select batch::text, other::text, false from lawful
 except all select batch::text, other::text, false from said)
order by 1, 2;

-- governed_import_withdrawals --
-- Batches that were taken back.
select array[w.batch::text], jsonb_build_object('reason', w.reason, 'at', extract(epoch from w.at))
from registry.code_withdrawal as w order by w.batch;

-- governed_packages --
-- Packages of codes that were handed out: whose, of which supply, which part of it.
select array[p.id::text], jsonb_build_object(
    'party', p.party, 'scheme', s.scheme, 'stem', s.stem, 'first', p.first, 'past', p.past,
    'scratch', p.salt is not null, 'made', extract(epoch from p.made_at),
    'check-rule', nullif(p.rule, 1), 'check-key', p.key, 'by', p.account,
    'tenant', nullif(p.tenant, 1))
from registry.code_package as p join registry.code_series as s on s.id = p.series
order by p.id;

-- governed_packings --
-- Which package of containers which package went into, and how many into one.
select array[k.container::text], jsonb_build_object(
    'content', k.content, 'fit', k.fit, 'by', k.account, 'at', extract(epoch from k.at))
from registry.code_packing as k order by k.id;

-- governed_prints --
-- Print runs: which places of a package, how, and the digest of the files.
select array[r.id::text], jsonb_build_object(
    'party', r.party, 'package', r.package, 'begin', r.first::numeric - p.first,
    'past', r.past::numeric - p.first, 'design', r.design, 'format', r.format, 'digest', encode(r.digest, 'hex'),
    'by', r.account, 'at', extract(epoch from r.at), 'tenant', nullif(r.tenant, 1))
from registry.code_print as r join registry.code_package as p on p.id = r.package
order by r.id;

-- governed_code_withdrawals --
-- Codes that were withdrawn, by their places within the package.
select array[w.package::text, (w.first::numeric - p.first)::text, (w.past::numeric - p.first)::text],
    jsonb_build_object('reason', w.reason, 'by', w.account, 'at', extract(epoch from w.at))
from registry.code_withdrawn as w join registry.code_package as p on p.id = w.package
order by w.id;

-- governed_overrides --
-- Decisions on events, by their events' positions, in the order in which they were made; `told` is
-- what their acts say, whichever that is.
select array[coalesce(l.position::text, '#' || o.entry)], jsonb_build_object(
    'before', o.before, 'verdict', o.verdict, 'findings', o.aside, 'ground', o.ground,
    'documents', o.documents, 'authority', o.authority, 'seal', o.seal, 'by', o.account,
    'at', extract(epoch from o.at), 'told', encode(sha256(a.said), 'hex'))
from record.override as o
left join ledger.leaf as l on l.entry = o.entry
left join ledger.act as a on a.entry = o.act and a.kind = 'verdict.overridden'
order by o.act desc;

-- governed_permits --
-- Lines of permits and quotas, as acts enter and withdraw them.
select array[p.kind, p.number, p.issuer, p.goods], jsonb_build_object(
    'holder', p.holder, 'unit', p.unit, 'amount', p.amount::text, 'valid-from', p.valid_from,
    'valid-to', p.valid_to, 'void', extract(epoch from p.void_at), 'reason', p.void_reason,
    'entered', extract(epoch from p.entered_at), 'tenant', nullif(p.tenant, 1))
from state.permit as p order by p.id;

-- governed_credit --
-- Credit decisions about parties.
select array[d.number::text], jsonb_build_object(
    'party', d.party, 'credit', d.kind, 'grade', d.grade, 'ground', d.ground, 'document', d.document,
    'authority', d.authority, 'authority-code', d.authority_code, 'family', d.family,
    'decided-on', d.decided_on, 'valid-from', d.valid_from, 'valid-to', d.valid_to,
    'by', d.account, 'at', extract(epoch from d.at), 'tenant', nullif(d.tenant, 1))
from registry.credit_decision as d order by d.number;

-- governed_credit_withdrawals --
-- Credit decisions that were taken back.
select array[w.decision::text], jsonb_build_object(
    'way', w.way, 'ground', w.ground, 'document', w.document, 'withdrawn-on', w.withdrawn_on,
    'by', w.account, 'at', extract(epoch from w.at))
from registry.credit_withdrawal as w order by w.decision;

-- governed_parties --
-- Every party.
select tenant, uri, name_zh, name_en, kind, roles, division, contact
from registry.party order by id;

-- governed_sites --
-- Every operator's time at a site.
select tenant, uri, operator, name_zh, name_en, kind, division, valid_from, valid_to
from registry.site order by id;

-- governed_products --
-- Every class of product.
select tenant, class_uri, name_zh, name_en, owner, family, kind, unit
from registry.product order by id;

-- governed_licences --
-- Every licence.
select tenant, party, kind, number, issuer, valid_from, valid_to, areas, covers
from registry.licence order by id;

-- governed_documents --
-- Every document.
select tenant, kind, number, issuer, status, valid_from, valid_to, details
from registry.document order by id;

-- governed_doers --
-- Every account.
select id from registry.account;

-- governed_registrations --
-- What was registered, in its order.
select relation, entry, extract(epoch from at)::float8, party, account, tenant
from registry.registration order by id;

-- governed_balances --
-- Lines of permits of which more or less is used than their debits say.
select concat_ws(' ', p.kind, p.number, nullif(p.issuer, ''), nullif(p.goods, '')),
       p.used::text, coalesce(d.used, 0)::text
from state.permit as p left join (
    select permit, sum(amount) as used from state.debit
    where is_covered and returned_by is null group by permit
) as d on d.permit = p.id
where p.used <> coalesce(d.used, 0) order by p.id;

-- governed_debits --
-- Debits of what is not on record and was not destroyed by a decision, and those that were given back
-- by such; of another event than they say; those given back though nobody declared them wrong, and
-- those declared so and kept.
with destroyed as (select unnest(entries) as entry from record.erasure)
select concat_ws(' ', p.kind, p.number, nullif(p.issuer, ''), nullif(p.goods, '')), u.entry
from state.debit as d join state.permit as p on p.id = d.permit,
     unnest(array[d.entry, d.returned_by]) as u (entry)
where u.entry is not null
  and not exists (select from record.entry as e where e.id = u.entry)
  and not exists (select from destroyed as x where x.entry = u.entry)
union
select concat_ws(' ', p.kind, p.number, nullif(p.issuer, ''), nullif(p.goods, '')), d.entry
from state.debit as d join state.permit as p on p.id = d.permit
join record.entry as e on e.id = d.entry and e.identity <> d.identity
union
select concat_ws(' ', p.kind, p.number, nullif(p.issuer, ''), nullif(p.goods, '')), d.entry
from state.debit as d join state.permit as p on p.id = d.permit
where not exists (select from destroyed as x where x.entry in (d.entry, d.returned_by))
  and (d.returned_by is null) = exists (
      select from state.withdrawn as w where w.identity = d.identity
      union all
      select from record.entry as e where e.id = d.returned_by and e.identity = d.identity)
order by 2;

-- displaced --
-- Runs of events that the index has all by as much earlier or later than the ledger: where each
-- begins and ends, how many, by how much, and the entries at its ends.
select r.first, r.last, r.count, r.ahead, f.entry, e.entry
from (
    select min(position) as first, max(position) as last, count(*) as count, min(ahead) as ahead
    from (
        select p.position, p.ahead, count(*) filter (where p.begins) over (order by p.position) as run
        from (
            select l.position, l.position - a.position as ahead,
                   (l.position - a.position) is distinct from
                       lag(l.position - a.position) over (order by l.position) as begins
            from ledger.leaf as l
            join (select distinct entry, position from index.act) as a on a.entry = l.entry
        ) as p
    ) as q
    where q.ahead <> 0 group by q.run
) as r
join ledger.leaf as f on f.position = r.first join ledger.leaf as e on e.position = r.last
order by r.first limit 1000;

-- disordered --
-- Neighbours of which the latter was recorded earlier, or at the same time under a lower number, as
-- the sequencer gives no positions.
select n.before, n.entry_before, n.position, n.entry from (
    select l.position, l.entry, l.at, lag(l.position) over w as before,
           lag(l.entry) over w as entry_before, lag(l.at) over w as at_before
    from ledger.leaf as l window w as (order by l.position)
) as n
where n.at < n.at_before
   or n.at = n.at_before and (sign(n.entry), abs(n.entry)) < (sign(n.entry_before), abs(n.entry_before))
order by n.position limit 1000;

-- indexed_at --
-- Where the index has entries.
select entry, min(position) from index.act where entry = any (%(entries)s) group by entry;

-- late_leaves --
-- What was recorded later than it is now.
select position, entry, at from ledger.leaf where at > %(now)s order by position limit 1000;

-- entries_around --
-- The numbers of events between two addresses, each row read whole.
select range_agg(int8range(e.id, e.id, '[]'))::text from record.entry as e
where e.ctid >= %(first)s::tid and e.ctid < %(stop)s::tid and e::text is not null;

-- entries_there --
-- Where on their page there are rows of events between two addresses.
select substring(e.ctid::text from ',(.*)\)')::int from record.entry as e
where e.ctid >= %(first)s::tid and e.ctid < %(stop)s::tid;

-- leaves_around --
-- Positions and entries of leaves between two addresses, each row read whole.
select range_agg(int8range(l.position, l.position, '[]'))::text,
       range_agg(int8range(l.entry, l.entry, '[]'))::text
from ledger.leaf as l
where l.ctid >= %(first)s::tid and l.ctid < %(stop)s::tid and l::text is not null;

-- leaves_there --
-- Where on their page there are leaves between two addresses.
select substring(l.ctid::text from ',(.*)\)')::int from ledger.leaf as l
where l.ctid >= %(first)s::tid and l.ctid < %(stop)s::tid;

-- entries_lost --
-- Events that have a leaf and are not among those that could be read, but for what was destroyed by
-- decision.
select l.position, l.entry
from ledger.leaf as l,
     (select coalesce(range_agg(m), '{}') from unnest(%(readable)s::int8multirange[]) as m) as r (ids)
where l.entry > 0 and not l.entry <@ r.ids
  and not exists (select from record.erasure as x where x.entries @> array[l.entry])
order by l.position;

-- leaves_lost --
-- Positions, from first to last, of which no leaf could be read.
select lower(r), upper(r) - 1
from ledger.head as h,
     (select coalesce(range_agg(m), '{}') from unnest(%(readable)s::int8multirange[]) as m) as t (there),
     unnest(int8multirange(int8range(1, h.size, '[]')) - t.there) as r
order by 1;

-- leafless --
-- Events whose leaf is not among those that could be read, and where the index has them.
select a.position, e.id
from record.entry as e
cross join (
    select coalesce(range_agg(m), '{}') from unnest(%(readable)s::int8multirange[]) as m
) as r (entries)
left join (select entry, min(position) from index.act group by entry) as a (entry, position)
    on a.entry = e.id
where not e.id <@ r.entries
  and not exists (select from ledger.queue as q where e.id = any (q.entries))
order by a.position, e.id;

-- reported_near --
-- Who reports, for which tenants, and who may see it, as far as the record near by knows: what the
-- same members of an altered entry's report may have been.
select 'tenant', to_jsonb(t.id) from registry.tenant as t
union all
(select 'capturer', to_jsonb(p.uri) from registry.party as p order by p.id limit 1000)
union all
select distinct 'access', to_jsonb(e.tags)
from ledger.leaf as l join record.entry as e on e.id = l.entry
where l.position between %(first)s and %(last)s;

-- corrected --
-- Those of some entries that their own reporter declared wrong.
select w.entry from index.withdrawal as w where w.entry = any (%(entries)s::bigint[]);

-- tenant_numbers --
-- All tenants, by number.
select t.id from registry.tenant as t order by t.id;
