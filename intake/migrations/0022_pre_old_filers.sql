-- While processes of the version before still run, they write filer_id alone. `intake/schema.sql` has the reasons.

-- migrate:up
create function intake.keep_old_filer() returns trigger language plpgsql as $$
begin
    if new.filer_ids is null or not new.filer_ids @> array[new.filer_id] then
        new.filer_ids := new.filer_ids || new.filer_id;
    end if;
    return new;
end
$$;
create trigger conversations_old_filer before insert or update of filer_id on intake.conversations
    for each row when (new.filer_id is not null) execute function intake.keep_old_filer();
update intake.conversations set filer_id = filer_id
where filer_id is not null and (filer_ids is null or not filer_ids @> array[filer_id]);

-- migrate:down
drop trigger conversations_old_filer on intake.conversations;
drop function intake.keep_old_filer();
