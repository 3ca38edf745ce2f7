-- A move from elsewhere waits for its yes. `intake/schema.sql` has the reasons.

-- migrate:up
alter table intake.inquiries add column key_id uuid, add column move_box text;
alter table intake.inquiries drop constraint inquiries_about;
alter table intake.inquiries add constraint inquiries_about check (about in ('fixed', 'survey', 'cancel', 'move'));
create index inquiries_unanswered on intake.inquiries (open_until) where answered_at is null;
alter table intake.inquiries enable row level security;
create policy ours on intake.inquiries to techrescue_intake, auditor using (true) with check (true);
create policy in_sight on intake.inquiries for select to techrescue_desk
    using (exists (select from intake.requests seen where seen.id = inquiries.request_id));
grant select on intake.inquiries to techrescue_desk;

-- migrate:down
drop index intake.inquiries_unanswered;
revoke select on intake.inquiries from techrescue_desk;
drop policy in_sight on intake.inquiries;
drop policy ours on intake.inquiries;
alter table intake.inquiries disable row level security;
delete from intake.inquiries where about = 'move';
alter table intake.inquiries drop constraint inquiries_about;
alter table intake.inquiries add constraint inquiries_about check (about in ('fixed', 'survey', 'cancel'));
alter table intake.inquiries drop column move_box, drop column key_id;
