-- What a deployment's own geocoder believes about an address that our names do not settle. `intake/schema.sql` has the reasons.

-- migrate:up
create table intake.place_hints (
    request_id uuid primary key,
    commune_code text,
    at timestamptz not null
);
grant select, insert, update, delete on intake.place_hints to techrescue_intake;
grant select on intake.place_hints to auditor;

-- migrate:down
drop table intake.place_hints;
