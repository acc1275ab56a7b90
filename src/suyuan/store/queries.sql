-- set_limits --
-- How long a migration may wait for a lock, and how long one statement may run.
select set_config('lock_timeout', %s, false), set_config('statement_timeout', %s, false);

-- lock_migrations --
-- One migration run at a time, until the connection closes; the number is "suyuan" in ASCII.
select pg_advisory_lock(126948386103662);

-- is_migrated --
-- Whether the table of migrations is there.
select to_regclass('store.migration') is not null;

-- applied_migrations --
-- What has been applied.
select name, sha256 from store.migration;

-- note_migration --
-- Note a migration in its own transaction.
insert into store.migration (name, sha256) values (%s, %s);

-- waiting_for_copies --
-- The processes of this database in which a commit waits for a copy of it elsewhere.
select pid from pg_stat_activity where datname = current_database() and wait_event = 'SyncRep';

-- describe --
-- Everything that our schemas hold, each object one row (kind, name, definition), sorted.
with own_schema as (
    select oid, nspname, nspowner, nspacl
    from pg_namespace
    where nspname not like 'pg\_%' and nspname <> 'information_schema'
),
of_extension as (
    select classid, objid from pg_depend where deptype = 'e'
),
relation as (
    select c.*, format('%I.%I', s.nspname, c.relname) as full_name
    from pg_class as c
    join own_schema as s on s.oid = c.relnamespace
    where not exists (
        select 1 from of_extension as e where e.classid = 'pg_class'::regclass and e.objid = c.oid
    )
),
described as (
    select 'schema' as kind, nspname::text as name,
           concat_ws(' ', obj_description(oid, 'pg_namespace'), nspacl::text) as definition
    from own_schema
    where nspname <> 'public'
    union all
    select 'extension', extname::text, null from pg_extension
    union all
    select 'relation', full_name,
           concat_ws(' ', relkind, relpersistence, 'rls', relrowsecurity, relforcerowsecurity,
                     reloptions::text, pg_get_partkeydef(oid), pg_get_expr(relpartbound, oid),
                     relacl::text, obj_description(oid, 'pg_class'))
    from relation
    where relkind in ('r', 'p', 'v', 'm', 'S', 'f')
    union all
    select 'column', format('%s.%I', r.full_name, a.attname),
           concat_ws(' ', format_type(a.atttypid, a.atttypmod),
                     case when a.attnotnull then 'not null' end,
                     'identity=' || nullif(a.attidentity::text, ''),
                     'generated=' || nullif(a.attgenerated::text, ''),
                     'default ' || pg_get_expr(d.adbin, d.adrelid),
                     'storage=' || a.attstorage::text,
                     'compression=' || nullif(a.attcompression::text, ''),
                     'collate ' || nullif(a.attcollation, t.typcollation)::regcollation::text,
                     'statistics=' || nullif(a.attstattarget, -1),
                     a.attacl::text, a.attoptions::text, col_description(r.oid, a.attnum))
    from relation as r
    join pg_attribute as a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
    join pg_type as t on t.oid = a.atttypid
    left join pg_attrdef as d on d.adrelid = r.oid and d.adnum = a.attnum
    where r.relkind in ('r', 'p', 'f')
    union all
    select 'view', full_name, pg_get_viewdef(oid)
    from relation
    where relkind in ('v', 'm')
    union all
    select 'sequence', r.full_name,
           concat_ws(' ', format_type(q.seqtypid, null), q.seqstart, q.seqincrement, q.seqmin,
                     q.seqmax, q.seqcache, q.seqcycle)
    from relation as r
    join pg_sequence as q on q.seqrelid = r.oid
    union all
    select 'constraint', format('%s.%I', coalesce(r.full_name, k.contypid::regtype::text), k.conname),
           concat_ws(' ', pg_get_constraintdef(k.oid), obj_description(k.oid, 'pg_constraint'))
    from pg_constraint as k
    join own_schema as s on s.oid = k.connamespace
    left join relation as r on r.oid = k.conrelid
    where k.contype <> 'n'  -- NOT NULL stands with the column; PostgreSQL 18 also lists it here
    union all
    select 'index', r.full_name,
           concat_ws(' ', pg_get_indexdef(r.oid), case when not i.indisvalid then 'INVALID' end)
    from relation as r
    join pg_index as i on i.indexrelid = r.oid
    union all
    select 'statistics', x.stxname::text, pg_get_statisticsobjdef(x.oid)
    from pg_statistic_ext as x
    join own_schema as s on s.oid = x.stxnamespace
    union all
    select 'trigger', format('%s.%I', r.full_name, g.tgname),
           concat_ws(' ', pg_get_triggerdef(g.oid), g.tgenabled)
    from relation as r
    join pg_trigger as g on g.tgrelid = r.oid and not g.tgisinternal
    union all
    select 'policy', format('%s.%I', r.full_name, p.polname),
           concat_ws(' ', p.polcmd, p.polpermissive, p.polroles::regrole[]::text,
                     'using ' || pg_get_expr(p.polqual, p.polrelid),
                     'check ' || pg_get_expr(p.polwithcheck, p.polrelid))
    from relation as r
    join pg_policy as p on p.polrelid = r.oid
    union all
    select 'function', f.oid::regprocedure::text,
           concat_ws(' ', case f.prokind when 'a' then 'aggregate' else pg_get_functiondef(f.oid) end,
                     f.proacl::text, obj_description(f.oid, 'pg_proc'))
    from pg_proc as f
    join own_schema as s on s.oid = f.pronamespace
    where not exists (
        select 1 from of_extension as e where e.classid = 'pg_proc'::regclass and e.objid = f.oid
    )
    union all
    select 'type', format('%I.%I', s.nspname, t.typname),
           concat_ws(' ', t.typtype, format_type(nullif(t.typbasetype, 0), t.typtypmod),
                     case when t.typnotnull then 'not null' end, t.typdefault,
                     (select string_agg(l.enumlabel, ',' order by l.enumsortorder)
                      from pg_enum as l where l.enumtypid = t.oid))
    from pg_type as t
    join own_schema as s on s.oid = t.typnamespace
    where t.typtype in ('e', 'd', 'r')
)
select kind, name, definition from described order by kind collate "C", name collate "C", definition collate "C";

-- own_tables --
-- Our tables with their columns in order, and the tables that each refers to.
select n.nspname, c.relname,
       (select array_agg(a.attname::text order by a.attnum) from pg_attribute as a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
          and a.attgenerated = ''),
       (select coalesce(array_agg(k.confrelid::regclass::text), '{}') from pg_constraint as k
        where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> c.oid),
       c.oid::regclass::text
from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname = any (%(schemas)s)
order by 1, 2;

-- own_sequences --
-- Our sequences, which stand outside of transactions.
select n.nspname, c.relname
from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
where c.relkind = 'S' and n.nspname = any (%(schemas)s)
order by 1, 2;

-- set_sequence --
-- Where a sequence goes on.
select setval(%(name)s::regclass, %(last)s, %(called)s);

-- unlimited --
-- A transaction that reads or writes everything may take its time.
select set_config('statement_timeout', '0', true), set_config('lock_timeout', '60s', true),
       set_config('idle_in_transaction_session_timeout', '0', true);

-- others --
-- Whether another program of ours is connected to this database, as of now and not of the first look.
select from pg_stat_activity, pg_stat_clear_snapshot()
where datname = current_database() and application_name = %(name)s and pid <> pg_backend_pid();

-- intruders --
-- What acts by itself on our tables, or on every one: triggers, rules, policies, heirs; none is ours.
select kind, t.name, what from (
    select 'trigger' as kind, g.tgrelid as oid, g.tgname::text as what
    from pg_trigger as g where not g.tgisinternal
    union all
    select 'trigger switched off', g.tgrelid, g.tgname::text
    from pg_trigger as g where g.tgisinternal and g.tgenabled <> 'O'
    union all
    select 'rule', r.ev_class, r.rulename::text from pg_rewrite as r
    union all
    select 'policy', p.polrelid, p.polname::text from pg_policy as p
    union all
    select 'row security', c.oid, '' from pg_class as c
    where c.relrowsecurity or c.relforcerowsecurity
    union all
    select 'heir', i.inhparent, i.inhrelid::regclass::text from pg_inherits as i
) as found join (
    select c.oid, n.nspname || '.' || c.relname as name
    from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
    where n.nspname = any (%(schemas)s) and c.relkind in ('r', 'p')
) as t on t.oid = found.oid
union all
select 'event trigger', e.evtevent, e.evtname from pg_event_trigger as e
order by 1, 2, 3;

-- acting --
-- What our tables have by themselves that a writer does not write: defaults, generated columns, checks,
-- and keys that alter rows or lead out of our schemas.
with t as (
    select c.oid, n.nspname || '.' || c.relname as name
    from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
    where n.nspname = any (%(schemas)s) and c.relkind in ('r', 'p')
)
select case a.attgenerated when '' then 'default' else 'generated column' end, t.name,
       a.attname || ' = ' || pg_get_expr(d.adbin, d.adrelid)
from t join pg_attrdef as d on d.adrelid = t.oid
join pg_attribute as a on a.attrelid = d.adrelid and a.attnum = d.adnum
union all
select case k.contype when 'c' then 'check' else 'foreign key' end, t.name,
       k.conname || ': ' || pg_get_constraintdef(k.oid)
from t join pg_constraint as k on k.conrelid = t.oid
where k.contype = 'c'
   or k.contype = 'f' and ((k.confdeltype, k.confupdtype) <> ('a', 'a')
                           or not exists (select from t as o where o.oid = k.confrelid))
order by 1, 2, 3;

-- form --
-- Of what kind our relations are, their columns, keys and indexes, and our functions: each a row.
with t as (
    select c.oid, c.relkind, c.relpersistence, n.nspname || '.' || c.relname as name
    from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
    where n.nspname = any (%(schemas)s) and c.relkind not in ('i', 'I', 't')
)
select 'relation' as kind, name as place, concat_ws(' ', relkind, relpersistence) as what from t
union all
select 'column', t.name,
       concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
                 case when a.attnotnull then 'not null' end,
                 'identity=' || nullif(a.attidentity::text, ''),
                 'collate ' || nullif(a.attcollation, y.typcollation)::regcollation::text)
from t join pg_attribute as a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
join pg_type as y on y.oid = a.atttypid
where t.relkind <> 'S'
union all
select 'key', t.name, k.conname || ': ' || pg_get_constraintdef(k.oid)
from t join pg_constraint as k on k.conrelid = t.oid
where k.contype not in ('c', 'n')  -- checks are told by what acts; not null, with the column
union all
select 'index', t.name,
       concat_ws(' ', pg_get_indexdef(i.indexrelid), case when not i.indisvalid then 'INVALID' end)
from t join pg_index as i on i.indrelid = t.oid
union all
select 'function', n.nspname || '.' || f.proname,
       concat_ws(' ', pg_get_function_identity_arguments(f.oid), f.prokind,
                 encode(sha256(convert_to(case f.prokind when 'a' then '' else
                                          pg_get_functiondef(f.oid) end, 'UTF8')), 'hex'))
from pg_proc as f join pg_namespace as n on n.oid = f.pronamespace
where n.nspname = any (%(schemas)s)
order by 1, 2, 3;

-- of_file --
-- The table or index that a file of the database's folder holds; of what lies beside a table's rows
-- the table.
select coalesce(
    (select t.oid from pg_class as t
     where t.reltoastrelid = f.oid
        or t.reltoastrelid = (select i.indrelid from pg_index as i where i.indexrelid = f.oid)),
    f.oid)::regclass::text
from (select pg_filenode_relation(0, %(number)s)) as f (oid) where f.oid <> 0;

-- by_address --
-- Ranges of addresses are read by address in this transaction.
select set_config('enable_seqscan', 'off', true);

-- pages --
-- How many pages a table has.
select pg_relation_size(%(table)s::regclass) / current_setting('block_size')::int;

-- older_snapshots --
-- How many others in this database have a snapshot from before now, so that no vacuum removes what
-- was deleted since: a transaction that reads on, a replica that tells of its own.
select count(*) from pg_stat_activity, (select pg_current_xact_id()::xid as now) as own
where datname = current_database() and pid <> pg_backend_pid()
  and backend_type in ('client backend', 'walsender') and age(backend_xmin) > age(own.now);
