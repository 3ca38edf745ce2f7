-- A corrected share leaves the one before it for reports that were handed in. `notify/schema.sql` has the reasons.

-- migrate:up
alter table notify.kpi_rows drop constraint kpi_rows_pkey;
alter table notify.kpi_rows add primary key (city, measure, day, commune_code, imported_at);

-- migrate:down
delete from notify.kpi_rows as old using notify.kpi_rows as newer
where (old.city, old.measure, old.day, old.commune_code) = (newer.city, newer.measure, newer.day, newer.commune_code)
    and old.imported_at < newer.imported_at;
alter table notify.kpi_rows drop constraint kpi_rows_pkey;
alter table notify.kpi_rows add primary key (city, measure, day, commune_code);
