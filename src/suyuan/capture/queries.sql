-- open_job --
-- Note a document; a request key that this party has used gives no row.
insert into capture.job
    (id, tenant, account, party, request_key, body_digest, behaviour, strict, received_at, state)
values (%(id)s, %(tenant)s, %(account)s, %(party)s, %(request_key)s, %(body_digest)s,
        %(behaviour)s, %(strict)s, %(received)s, 'running')
on conflict (tenant, party, request_key) where request_key is not null do nothing
returning id;

-- job_of_request --
-- The job that a request key was used for, and the digest of its document.
select id, body_digest from capture.job
where tenant = %(tenant)s and party = %(party)s and request_key = %(request_key)s;

-- finish_job --
-- Keep what became of a document.
update capture.job
set state = 'finished', finished_at = %(finished)s, counts = %(counts)s, results = %(results)s,
    problem = %(problem)s
where id = %(id)s;

-- job --
-- What became of a document, for its own party or for everybody of the tenant; unfinished: it waits.
select id, party, behaviour, received_at, finished_at, counts, results, problem
from capture.job
where id = %(id)s and tenant = %(tenant)s and (%(everything)s or party = %(party)s);

-- jobs --
-- What became of documents, the newest first, from one on; of their events the first refused ones.
select id, party, behaviour, received_at, finished_at, counts, null, problem,
    (select json_agg(r) from (
        select ordinal as index, event_id, findings from capture.refused
        where job = j.id order by ordinal limit 20
    ) as r)
from capture.job as j
where tenant = %(tenant)s and (%(everything)s or party = %(party)s)
  and (%(at)s::timestamptz is null or (received_at, id) < (%(at)s, %(id)s::uuid))
order by received_at desc, id desc
limit %(limit)s;

-- positions --
-- Where entries stand in the ledger.
select entry, position, at from ledger.leaf where entry = any(%(entries)b);

-- keep_refused --
-- Keep the bytes of refused events.
copy capture.refused (job, ordinal, tenant, party, event_id, body, findings, received_at)
from stdin (format binary);

-- refused --
-- Refused events, the newest first, for their own party or for everybody of the tenant.
select job, ordinal, event_id, body, findings, received_at
from capture.refused
where tenant = %(tenant)s and (%(everything)s or party = %(party)s)
  and (%(job)s::uuid is null or job = %(job)s)
  and (%(event_id)s::text is null or event_id = %(event_id)s)
order by id desc limit %(limit)s;

-- results_of --
-- What became of the documents of a party.
select id, results from capture.job
where tenant = %(tenant)s and party = %(party)s and results is not null
order by id;

-- change_results --
-- Keep less of what became of a document, and nothing by which its text could be guessed and proven;
-- to come again it needs another request key.
update capture.job set results = %(results)s, body_digest = '' where id = %(id)s;

-- forget_refused --
-- Forget the bytes of refused events of an id.
delete from capture.refused
where tenant = %(tenant)s and party = %(party)s and event_id = %(event_id)s;

-- every_answer --
-- What became of every document, in the order of their numbers.
select id, tenant, party, counts, results, body_digest = '' from capture.job
where finished_at is not null order by id;

-- refusals_of --
-- What is kept of the refused events of some documents; of which there are none, too.
select r.job, r.ordinal, r.event_id, r.findings from capture.refused as r
where r.job = any (%(jobs)s) order by r.id;

-- refusals_of_nothing --
-- Refused events of whose documents nothing is known.
select r.job, r.ordinal, r.event_id from capture.refused as r
where not exists (select from capture.job as j where j.id = r.job and j.finished_at is not null)
order by r.id limit %(limit)s;

-- said_of_refusals --
-- All that is kept of documents of which something was refused, and of those named: what a logged
-- digest of it binds. Bodies by their own digests, times in microseconds.
select j.id, j.party, j.account, coalesce(substring(j.counts ->> 'refused' from '^[0-9]{1,9}$')::int, 0), j.received_at,
    array[j.tenant::text, j.request_key, encode(j.body_digest, 'hex'), j.behaviour, j.strict::text,
        j.state, trunc(extract(epoch from j.received_at) * 1000000)::text,
        trunc(extract(epoch from j.finished_at) * 1000000)::text,
        j.counts::text, j.problem::text],
    j.results,
    array(select json_build_array(r.ordinal, r.tenant, r.party, r.event_id,
            encode(sha256(r.body), 'hex'), r.findings::text,
            trunc(extract(epoch from r.received_at) * 1000000))::text
        from capture.refused as r where r.job = j.id order by r.ordinal, r.id)
from capture.job as j
where j.id = any (%(jobs)s)
    or (%(all)s and j.finished_at is not null and (j.problem is not null
        or exists (select from capture.refused as r where r.job = j.id)));

-- line_up --
-- Let documents that wait come one after the other: by their numbers they are captured in the order in
-- which they were acknowledged, and no two think that the last place is theirs.
select pg_advisory_xact_lock(118047906382177);

-- room_taken --
-- How many documents wait and their bytes, of a party and of all.
select count(*) filter (where tenant = %(tenant)s and party = %(party)s),
       coalesce(sum(size) filter (where tenant = %(tenant)s and party = %(party)s), 0)::bigint,
       count(*), coalesce(sum(size), 0)::bigint
from capture.waiting;

-- keep_parts --
-- Keep a waiting document's bytes.
copy capture.waiting_part (job, ordinal, body) from stdin (format binary);

-- keep_waiting --
-- Let a document wait behind all others.
insert into capture.waiting (job, tenant, party, state_rules, size, seal, due_at, tries)
values (%(job)s, %(tenant)s, %(party)s, %(state_rules)s, %(size)s, %(seal)s, %(now)s, 0);

-- waiting_due --
-- Documents to be captured now, the first of each party alone, in the order of their turns: a party's next
-- has its turn behind others' that waited when the one before it was settled.
select w.job from capture.waiting as w
join capture.job as j on j.id = w.job and j.finished_at is null
where w.due_at <= %(now)s and not exists (
    select from capture.waiting as o
    where o.tenant = w.tenant and o.party = w.party and o.number < w.number)
order by w.due_at, w.number limit %(limit)s;

-- begin_waiting --
-- Count a try before it is made, unless another server is at it or has just begun: what ends the process
-- is a failure too, after which it waits ever longer.
update capture.waiting as w
set tries = w.tries + 1,
    due_at = %(now)s + make_interval(secs => least(power(2, least(w.tries, 30)), %(longest)s))
where w.job = (select each.job from capture.waiting as each
               where each.job = %(job)s and each.due_at <= %(now)s for update skip locked)
returning w.due_at - %(now)s;

-- as_handed_over --
-- Documents that wait, with how they are to be captured, where more conditions may follow.
select w.job, w.tries, w.seal, w.tenant = j.tenant and w.party = j.party, j.tenant, j.account,
       j.party, j.request_key, j.behaviour, j.strict, w.state_rules, w.size, j.body_digest, j.received_at
from capture.waiting as w join capture.job as j on j.id = w.job
where j.finished_at is null;

-- hold_waiting --
-- A document that waits, unless another server is at it; nobody else is until the transaction ends.
{{as_handed_over}} and w.job = %(job)s
for update skip locked;

-- every_waiting --
-- All documents that wait, in the order in which they came.
{{as_handed_over}}
order by w.number;

-- unhurried --
-- Let this transaction pause while its document is read; a server that is gone lets go after that.
select set_config('idle_in_transaction_session_timeout', '10min', true);

-- parts --
-- The bytes of a document that waits.
select body from capture.waiting_part where job = %(job)s order by ordinal;

-- settle_waiting --
-- A document waits no more; its party's next has its turn behind others' that wait now.
with gone as (delete from capture.waiting_part where job = %(job)s),
settled as (delete from capture.waiting where job = %(job)s returning tenant, party, number)
update capture.waiting as w set due_at = greatest(w.due_at, %(now)s)
from settled as s
where w.number = (
    select min(o.number) from capture.waiting as o
    where o.tenant = s.tenant and o.party = s.party and o.number > s.number);

-- postpone --
-- Say what kept a document from being captured, and when to try again; a try that counts stays counted.
update capture.waiting set due_at = %(due)s, tries = tries - %(uncounted)s, why = %(why)s
where job = %(job)s;

-- queue --
-- How many documents wait, their bytes, and when the oldest came.
select count(*), coalesce(sum(w.size), 0)::bigint, min(j.received_at)
from capture.waiting as w left join capture.job as j on j.id = w.job;

-- delayed --
-- Documents that wait too long, or failed before; the oldest first.
select w.job, w.party, j.received_at, w.why
from capture.waiting as w join capture.job as j on j.id = w.job
where w.why is not null or j.received_at < %(since)s
order by w.number limit %(limit)s;

-- waits --
-- How many documents of a party wait.
select count(*) from capture.waiting where tenant = %(tenant)s and party = %(party)s;
