-- A registered number is asked whether its request is to be moved.

-- migrate:up
alter table notify.questions drop constraint questions_kind;
alter table notify.questions add constraint questions_kind
    check (kind in ('visit', 'escalation', 'shift', 'incident', 'session', 'consent', 'drill', 'fixed', 'survey', 'cancel', 'move'));

-- migrate:down
delete from notify.question_offers where question_id in (select id from notify.questions where kind = 'move');
delete from notify.questions where kind = 'move';
alter table notify.questions drop constraint questions_kind;
alter table notify.questions add constraint questions_kind
    check (kind in ('visit', 'escalation', 'shift', 'incident', 'session', 'consent', 'drill', 'fixed', 'survey', 'cancel'));
