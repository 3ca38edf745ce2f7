-- What a registered number is asked about its request, and the marks it gives. `notify/schema.sql` has the reasons.

-- migrate:up
alter table notify.questions drop constraint questions_kind;
alter table notify.questions add constraint questions_kind
    check (kind in ('visit', 'escalation', 'shift', 'incident', 'session', 'consent', 'drill', 'fixed', 'survey', 'cancel'));
alter table notify.sla_log add column score smallint;

-- migrate:down
alter table notify.sla_log drop column score;
delete from notify.question_offers where question_id in (select id from notify.questions where kind in ('fixed', 'survey', 'cancel'));
delete from notify.questions where kind in ('fixed', 'survey', 'cancel');
alter table notify.questions drop constraint questions_kind;
alter table notify.questions add constraint questions_kind
    check (kind in ('visit', 'escalation', 'shift', 'incident', 'session', 'consent', 'drill'));
