-- A number that anybody may type on the web ends no callback of whoever has it. `intake/schema.sql` has the reasons.

-- migrate:up
create view intake.proved_filings with (security_invoker = true) as
select request.contact_point_id, request.filed_at
from intake.requests request
where request.channel = 'hotline'
    or exists (
        select from intake.numbers number
        where number.contact_point_id = request.contact_point_id and number.confirmed_at >= request.filed_at)
    or exists (
        select from intake.conversations talk
        where talk.contact_point_id = request.contact_point_id and talk.code = request.code);

-- migrate:down
drop view intake.proved_filings;
