-- Missed calls are answered so many times a day. `notify/schema.sql` has the reasons.

-- migrate:up
alter table notify.inbound_texts drop constraint inbound_texts_outcome;
alter table notify.inbound_texts add constraint inbound_texts_outcome check
    (outcome in ('reply', 'asked_back', 'unknown_code', 'double', 'passed_on', 'erased', 'account', 'rang')) not valid;
alter table notify.inbound_texts validate constraint inbound_texts_outcome;
create index inbound_texts_rings on notify.inbound_texts (received_at) where carrier = 'missed_calls' and outcome = 'asked_back';

-- migrate:down
drop index notify.inbound_texts_rings;
update notify.inbound_texts set outcome = 'double' where outcome = 'rang';
alter table notify.inbound_texts drop constraint inbound_texts_outcome;
alter table notify.inbound_texts add constraint inbound_texts_outcome check
    (outcome in ('reply', 'asked_back', 'unknown_code', 'double', 'passed_on', 'erased', 'account'));
