-- Each text is written three times, into every index it stands in: two of them were asked about texts that wait, or not at all.
-- `notify/schema.sql` has the reasons.

-- migrate:up
create index messages_waiting_of_question on notify.messages ((case when status in ('held', 'queued') then question_id end))
    where (case when status in ('held', 'queued') then question_id end) is not null;
drop index notify.messages_of_question;
drop index notify.question_offers_of_message;

-- migrate:down
create index question_offers_of_message on notify.question_offers (message_id) where message_id is not null;
create index messages_of_question on notify.messages (question_id) where question_id is not null;
drop index notify.messages_waiting_of_question;
