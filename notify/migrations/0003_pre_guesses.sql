-- Wrong codes are counted over all accounts, and one message once. `notify/schema.sql` has the reasons.

-- migrate:up
alter table notify.account_codes add column wrong_before bigint not null default 0;
alter table notify.strangers add column tried text[] not null default '{}';

create table notify.code_guesses (
    id smallint primary key default 1,
    wrong bigint not null default 0,
    constraint code_guesses_one check (id = 1)
);
insert into notify.code_guesses default values;
create index probes_sent on notify.probes (sent_at);

-- migrate:down
drop index notify.probes_sent;
drop table notify.code_guesses;
alter table notify.strangers drop column tried;
alter table notify.account_codes drop column wrong_before;
