-- add --
-- Enter a subscription to a query that its owner has; no row if there is no such query.
insert into notify.subscription (
    id, tenant, owner, query, account, dest, spelling, schedule, report_if_empty, initial, secret,
    made_at, position, most, due)
select
    %(id)s, q.tenant, q.owner, q.name, %(account)s, %(dest)s, %(spelling)s, %(schedule)s,
    %(report_if_empty)s, %(initial)s, %(secret)s, %(made_at)s, %(position)s, %(most)s, %(due)s
from registry.named_query as q
where q.tenant = %(tenant)s and q.owner = %(owner)s and q.name = %(query)s
for share;

-- subscriptions --
-- Subscriptions with the record time of how far they were given: of a query, an owner, or all.
select s.id, s.tenant, s.owner, s.query, s.account, s.dest, s.spelling, s.schedule,
    s.report_if_empty, s.initial, s.secret, s.former, s.former_until, s.made_at, s.position, s.run,
    s.quiet, s.message, s.upto, s.horizon, s.message_at, s.most, s.due, s.failures, s.failed_since,
    s.problem, s.notified_at, s.stopped, l.at
from notify.subscription as s
left join ledger.leaf as l on l.position = s.position
where (%(id)s::uuid is null or s.id = %(id)s)
  and (%(owner)s::text is null or (s.tenant = %(tenant)s and s.owner = %(owner)s))
  and (%(query)s::text is null or s.query = %(query)s)
  and (%(after)s::uuid is null or s.id > %(after)s)
order by s.id
limit %(limit)s;

-- remove --
-- Remove a subscription of an owner's query.
delete from notify.subscription
where id = %(id)s and tenant = %(tenant)s and owner = %(owner)s and query = %(query)s;

-- rotate --
-- Sign with a new secret, and with the one before it for a while.
update notify.subscription
set former = secret, former_until = %(until)s, secret = %(secret)s
where id = %(id)s;

-- rewind --
-- Give everything behind a position again, or, with none, go on at once from where it stopped.
update notify.subscription
set position = coalesce(%(position)s, position),
    initial = case when %(position)s::bigint is null then initial end,
    run = case when %(position)s::bigint is null then run end,
    message = case when %(position)s::bigint is null then message end,
    due = case when %(position)s::bigint is null or schedule is null or %(now)s < due
               then %(now)s else due end,
    failures = 0, failed_since = null, problem = null, stopped = false
where id = %(id)s;

-- before --
-- The last position of the record before a time; 0 where there is none.
select coalesce((select l.position from ledger.leaf as l where l.at < %(at)s
                 order by l.position desc limit 1), 0);

-- alone --
-- Be the one deliverer while the connection lives ("notify" as a number).
select pg_try_advisory_lock(121394842134885);

-- here --
-- The connection that makes it the one deliverer is still there.
select 1;

-- due --
-- Subscriptions that have something to do now: a message or run under way, a time of their
-- schedule that has come, or a record that has grown past them.
select s.id from notify.subscription as s
where not s.stopped and s.due <= %(now)s
  and (s.message is not null or s.schedule is not null or s.position < %(whole)s)
order by s.due
limit %(limit)s;

-- plan --
-- Begin a message, unless something else came between.
update notify.subscription
set message = %(message)s, upto = %(upto)s, horizon = %(horizon)s, message_at = %(now)s,
    run = %(run)s
where id = %(id)s and message is null and position = %(position)s;

-- pass --
-- Go past what does not answer, unless something else came between.
update notify.subscription
set position = %(upto)s, run = %(run)s, quiet = quiet or %(run)s::bigint is null,
    due = coalesce(%(due)s, due)
where id = %(id)s and message is null and position = %(position)s;

-- settle --
-- A message was taken: go on behind it, unless it is not the one under way any more.
update notify.subscription
set position = upto, message = null, quiet = %(run)s::bigint is null, run = %(run)s,
    due = coalesce(%(due)s, %(now)s),
    failures = 0, failed_since = null, problem = null, most = %(most)s, notified_at = %(now)s
where id = %(id)s and message = %(message)s;

-- fail --
-- A message was not taken: when to try again, or never by itself.
update notify.subscription
set failures = failures + 1, failed_since = coalesce(failed_since, %(now)s),
    problem = %(problem)s, due = %(due)s, stopped = %(stopped)s
where id = %(id)s and message = %(message)s;

-- shrink --
-- A message was too large for its receiver: make a smaller one of its beginning.
update notify.subscription
set message = null, most = %(most)s, problem = %(problem)s, due = %(now)s
where id = %(id)s and message = %(message)s;

-- stop --
-- Give nothing more until somebody sees to it.
update notify.subscription
set stopped = true, failed_since = coalesce(failed_since, %(now)s), problem = %(problem)s
where id = %(id)s;
