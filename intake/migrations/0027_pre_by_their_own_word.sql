-- A request makes somebody's calls and messages a commune's only where it was filed by their own word. `intake/schema.sql` has the
-- reasons.

-- migrate:up
create or replace view intake.proved_filings with (security_invoker = true) as
select request.contact_point_id, request.filed_at, request.commune_code
from intake.requests request
where request.on_word_of in ('holder', 'operator');

grant select on intake.proved_filings to techrescue_desk;

drop policy in_sight on intake.incoming_messages;
create policy in_sight on intake.incoming_messages for select to techrescue_desk using (
    current_setting('techrescue.communes', true) = '*'
    or exists (select from intake.proved_filings own where own.contact_point_id = incoming_messages.contact_point_id)
);

-- migrate:down
drop policy in_sight on intake.incoming_messages;
create policy in_sight on intake.incoming_messages for select to techrescue_desk using (
    current_setting('techrescue.communes', true) = '*'
    or exists (select from intake.requests seen where seen.contact_point_id = incoming_messages.contact_point_id)
);
drop view intake.proved_filings;
create view intake.proved_filings with (security_invoker = true) as
select request.contact_point_id, request.filed_at
from intake.requests request
where request.on_word_of in ('holder', 'operator');
