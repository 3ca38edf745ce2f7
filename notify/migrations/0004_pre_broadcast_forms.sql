-- What a broadcast was asked for, as a hash: its Idempotency-Key is good for that form alone. Null: made before this column.

-- migrate:up
alter table notify.broadcasts add column form_hash bytea;

-- migrate:down
alter table notify.broadcasts drop column form_hash;
