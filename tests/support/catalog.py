"""A schema as comparable lines: every column, constraint, index, function, trigger, view, policy and grant of it."""

import asyncpg

_LINES = """
with namespaces as (select oid, nspname from pg_namespace where nspname = any ($1::text[]))
select 'schema ' || nspname || ' ' || coalesce((select string_agg(acl::text, ',' order by acl::text) from unnest(nspacl) acl), '')
from pg_namespace where nspname = any ($1::text[])
union all
select 'column ' || attrelid::regclass || '.' || attname || ' ' || format_type(atttypid, atttypmod)
    || case when attnotnull then ' not null' else '' end || ' ' || attidentity::text || attgenerated::text
    || coalesce(' default ' || pg_get_expr(adbin, adrelid), '')
from pg_attribute
join pg_class on pg_class.oid = attrelid join namespaces on namespaces.oid = relnamespace
left join pg_attrdef on adrelid = attrelid and adnum = attnum
where attnum > 0 and not attisdropped and relkind in ('r', 'p', 'v') and relname <> 'schema_migrations'
union all
select 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(pg_constraint.oid)
from pg_constraint join namespaces on namespaces.oid = connamespace
where conrelid <> 0 and conrelid::regclass::text not like '%schema_migrations' and contype <> 'n'
union all
select 'index ' || indexdef from pg_indexes where schemaname = any ($1::text[]) and tablename <> 'schema_migrations'
union all
select 'function ' || pg_get_functiondef(pg_proc.oid)
    || coalesce((select string_agg(acl::text, ',' order by acl::text) from unnest(proacl) acl), '')
from pg_proc join namespaces on namespaces.oid = pronamespace
union all
select 'trigger ' || pg_get_triggerdef(pg_trigger.oid) from pg_trigger
join pg_class on pg_class.oid = tgrelid join namespaces on namespaces.oid = relnamespace where not tgisinternal
union all
select 'view ' || viewname || ' ' || definition from pg_views where schemaname = any ($1::text[])
union all
select 'sequence ' || schemaname || '.' || sequencename from pg_sequences where schemaname = any ($1::text[])
union all
select 'table ' || pg_class.oid::regclass || ' '
    || coalesce((select string_agg(option, ',' order by option) from unnest(reloptions) option), '') || ' '
    || coalesce((select string_agg(acl::text, ',' order by acl::text) from unnest(relacl) acl), '')
from pg_class join namespaces on namespaces.oid = relnamespace where relkind in ('r', 'v') and relname <> 'schema_migrations'
union all
select 'policy ' || tablename || ' ' || policyname || ' ' || cmd || ' ' || roles::text || ' ' || coalesce(qual, '') || ' '
    || coalesce(with_check, '')
from pg_policies where schemaname = any ($1::text[])
union all
select 'row security ' || pg_class.oid::regclass
from pg_class join namespaces on namespaces.oid = relnamespace where relrowsecurity
union all
select 'default ' || nspname || ' ' || defaclobjtype::text || ' '
    || (select string_agg(acl::text, ',' order by acl::text) from unnest(defaclacl) acl)
from pg_default_acl join namespaces on namespaces.oid = defaclnamespace
"""


async def catalog_lines(dsn: str, *schemas: str) -> list[str]:
    """Sorted. The table that dbmate keeps for itself is left out."""
    connection = await asyncpg.connect(dsn)
    try:
        return sorted(row[0] for row in await connection.fetch(_LINES, list(schemas)))
    finally:
        await connection.close()
