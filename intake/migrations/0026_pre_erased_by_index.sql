-- Erasing looks callbacks up by their conversation, and numbers that wait to be asked by themselves. `intake/schema.sql` has the reasons.

-- migrate:up
create index callbacks_of_conversation on intake.callbacks (conversation_id) where conversation_id is not null;
create index requests_with_number on intake.requests (id) where visited_box is not null;

-- migrate:down
drop index intake.requests_with_number;
drop index intake.callbacks_of_conversation;
