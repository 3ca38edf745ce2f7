-- What one number writes freely is bounded, and says from whom it is. `intake/schema.sql` has the reasons.

-- migrate:up
alter table intake.incoming_messages add column more integer not null default 0;
alter table intake.incoming_messages add column phone_box text;

-- migrate:down
alter table intake.incoming_messages drop column phone_box;
alter table intake.incoming_messages drop column more;
