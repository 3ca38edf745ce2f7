-- Link tokens: only their SHA-256 is here.

-- name: put_link
insert into link_tokens (hash, offer_id) values ($1, $2)

-- name: offer_of_link
select offer_id from link_tokens where hash = $1
