-- The request itself says on whose word it was filed. While processes of the version before still run, theirs are somebody's, whom it
-- is no loss to call. `intake/schema.sql` has the reasons.

-- migrate:up
alter table intake.requests add column on_word_of text not null default 'somebody';
alter table intake.requests add constraint requests_on_word_of check (on_word_of in ('holder', 'operator', 'somebody')) not valid;
alter table intake.requests validate constraint requests_on_word_of;

-- What the rule of before said of those who rang in vain stays said: nobody is called for a call that was returned by it.
update intake.requests request set on_word_of = case channel when 'hotline' then 'operator' else 'holder' end
where contact_point_id in (
        select contact_point_id from intake.calls where unanswered_at is not null and contact_point_id is not null)
    and (
        channel = 'hotline'
        or exists (
            select from intake.numbers number
            where number.contact_point_id = request.contact_point_id and number.confirmed_at >= request.filed_at)
        or exists (
            select from intake.conversations talk
            where talk.contact_point_id = request.contact_point_id and talk.code = request.code));

create or replace view intake.proved_filings with (security_invoker = true) as
select request.contact_point_id, request.filed_at
from intake.requests request
where request.on_word_of in ('holder', 'operator');

-- migrate:down
create or replace view intake.proved_filings with (security_invoker = true) as
select request.contact_point_id, request.filed_at
from intake.requests request
where request.channel = 'hotline'
    or exists (
        select from intake.numbers number
        where number.contact_point_id = request.contact_point_id and number.confirmed_at >= request.filed_at)
    or exists (
        select from intake.conversations talk
        where talk.contact_point_id = request.contact_point_id and talk.code = request.code);
alter table intake.requests drop column on_word_of;
