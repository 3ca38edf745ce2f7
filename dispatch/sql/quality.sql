-- What the roster says about itself: read for lists that somebody works off. Nothing here decides about an offer.

-- name: known_in_commune
-- Everybody active of one commune with what there is to say; `others` share the phone, wherever they are. Names are sealed under
-- the key of their phone. Shifts within $3 days.
select one.external_id, one.commune_code, one.kind, one.contact_point_id, one.name, one.offers_made, one.offers_answered,
    one.last_offered_at, greatest(one.last_accepted_at, one.declined_at) as answered_at,
    point.confirmed_at is not null as confirmed, point.address is not null and point.channels && '{sms,zalo,telegram}' as reachable,
    point.unreachable_at, point.unreachable_why, one.complaints, one.complained_at,
    (select count(*) from members where responder_id = one.id and left_at is null) as members,
    (select count(*) from members where responder_id = one.id and is_vetted(vetted_on, vetted_until, left_at, moment.now)) as vetted,
    exists (
        select from shifts
        where responder_id = one.id and ends_at > moment.now and starts_at < moment.now + make_interval(days => $3)
    ) as has_shift,
    array(
        select jsonb_build_object('external_id', other.external_id, 'name', other.name) from responders other
        where other.contact_point_id = one.contact_point_id and other.id <> one.id and other.active
    ) as others
from (select transport.app_clock() as now) as moment, responders one join contact_points point on point.id = one.contact_point_id
where one.city = $1 and one.commune_code = $2 and one.active
order by one.external_id
