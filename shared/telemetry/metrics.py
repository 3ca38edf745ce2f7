"""Every metric of every process, in one typed list. What is not here does not exist; docs and dashboards are held against it.

Names: techrescue_<context>_<thing>_<unit>[_total]. Label values come from closed sets (LABELS), never ids, names or numbers.
Each entry reads: name, what it counts or measures, labels.
"""

import shared.telemetry.metrics_intake  # noqa: F401 - its entries stand in the same list
from shared.telemetry.metric_list import BATCH, LABELS, METRICS, SECONDS, Metric, at_zero
from shared.telemetry.metric_list import counter as _counter
from shared.telemetry.metric_list import gauge as _gauge
from shared.telemetry.metric_list import histogram as _histogram
from shared.telemetry.metric_list import rows as _rows

__all__ = ("LABELS", "METRICS", "Metric", "at_zero")

# The relay: outbox → transport
RELAY_EVENTS = _counter("techrescue_relay_events_total", "events brought to the transport and marked", "context")
RELAY_OLDEST = _gauge("techrescue_relay_oldest_unpublished_age_seconds", "age of the oldest event that waits; 0: none", "context")
RELAY_OWNER = _gauge("techrescue_relay_owner_processes", "1 in the process that owns the outbox, else 0", "context")
RELAY_RESTARTS = _counter(
    "techrescue_relay_restarts_total", "times a relay lost a dependency and started over", "context", "dependency"
)

# The consumer: transport → handler
CONSUMER_EVENTS = _counter(
    "techrescue_consumer_events_total", "events by outcome: handled, unwanted, parked, dead, replayed", "context", "outcome"
)
CONSUMER_BATCH = _histogram("techrescue_consumer_batch_events", "events given to a handler at once", "context", buckets=BATCH)
CONSUMER_SECONDS = _histogram("techrescue_consumer_handler_seconds", "time of one call of a handler", "context", buckets=SECONDS)
CONSUMER_RETRIES = _counter(
    "techrescue_consumer_retries_total",
    "calls that failed and come again: transient, dependency, unknown, one_by_one",
    "context",
    "outcome",
)
CONSUMER_ACKS = _counter("techrescue_consumer_acks_total", "acknowledgements: done, lost, unknown", "context", "outcome")
CONSUMER_LANES = _gauge("techrescue_consumer_lanes_owned", "partitions that this process works on", "context")
CONSUMER_LAG = _gauge("techrescue_consumer_lag_events", "events that wait on the lanes of this process", "context", "topic")
CONSUMER_TRIPPED = _gauge("techrescue_consumer_tripped_breakers", "1: too many dead letters, the consumer has stopped", "context")
CONSUMER_DRAINS = _counter("techrescue_consumer_drains_total", "lanes let go: done, given_up", "context", "outcome")
STALE_EVENTS = _counter(
    "techrescue_consumer_stale_events_total", "events dropped because the aggregate was newer (law 6)", "context", "event_type"
)

# Timers and retention
TIMERS_FIRED = _counter("techrescue_timer_fired_total", "timers by outcome: done, again, failed", "context", "kind", "outcome")
TIMERS_LATE = _histogram(
    "techrescue_timer_late_seconds", "from due to done", "context", buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300)
)
RETENTION_ROWS = _counter(
    "techrescue_retention_rows_total", "rows deleted, cleared or ended because their time was over", "context", "kind"
)

# HTTP, every process
HTTP_REQUESTS = _counter("techrescue_http_requests_total", "answers", "method", "route", "status")
HTTP_SECONDS = _histogram("techrescue_http_request_seconds", "time to answer", "method", "route", buckets=SECONDS)

# Messages to people
NOTIFY_MESSAGES = _counter(
    "techrescue_notify_messages_total",
    "messages by outcome: submitted, delivered, failed; kind is the purpose",
    "outcome",
    "kind",
)
NOTIFY_SENDS = _counter(
    "techrescue_notify_sends_total",
    "attempts by outcome: submitted, refused, down, unknown, skipped; broken: unknown by an error nobody foresaw",
    "dependency",
    "outcome",
)
NOTIFY_SEND_SECONDS = _histogram("techrescue_notify_send_seconds", "time of one send to a carrier", "dependency", buckets=SECONDS)
NOTIFY_COST = _counter("techrescue_notify_cost_vnd_total", "what providers ask for messages that may have left", "dependency")
NOTIFY_OUTAGE = _gauge(
    "techrescue_notify_channel_outages", "1: no provider of this channel takes messages, and people are called", "channel"
)
NOTIFY_SPENT = _gauge("techrescue_notify_spent_today_vnd", "what messages of this day in Hanoi cost; all processes show the same")
NOTIFY_BUDGET = _gauge(
    "techrescue_notify_budget_vnd", "what a day may cost, in all and each commune: all, commune; 0: no budget", "kind"
)
NOTIFY_BUDGET_USED = _gauge(
    "techrescue_notify_budget_used_ratio",
    "what of today's budget is spent: all, commune (the one that has spent most); 0: no budget",
    "kind",
)
NOTIFY_BUDGET_ALARM = _gauge("techrescue_notify_budget_alarm_ratio", "from which share on the end of a budget is near")
NOTIFY_ROUTE_OPEN = _gauge(
    "techrescue_notify_open_routes", "1: this provider takes messages, 0: it is shut for a while", "dependency"
)
NOTIFY_ROUTE_SHUT = _counter(
    "techrescue_notify_shut_routes_total",
    "how often a provider was shut: away, throttled, errors; for a person: credentials, money, quota, misconfigured, refusing",
    "dependency",
    "reason",
)
NOTIFY_ROUTE_MEND = _gauge(
    "techrescue_notify_routes_to_mend",
    "1: this provider takes nothing until a person mends it: the reason",
    "dependency",
    "reason",
)
NOTIFY_PUSH_RESTS = _counter(
    "techrescue_notify_push_rests_total", "how often a push service was left alone: throttled, errors, credentials", "reason"
)
NOTIFY_DENIED = _counter(
    "techrescue_notify_denied_messages_total",
    "messages that were delayed, refused or withdrawn: limit, quiet_hours, destination, budget, overtaken",
    "reason",
    "outcome",
)
NOTIFY_BROADCAST_PEOPLE = _counter(
    "techrescue_notify_broadcast_people_total", "people of broadcasts who were written to, or left out and why", "outcome"
)
NOTIFY_CLIMBS = _counter(
    "techrescue_notify_climbs_total",
    "messages that left this channel for the next: refused, unknown, time, away, no_account, limit",
    "channel",
    "reason",
)
NOTIFY_ACCOUNTS = _counter(
    "techrescue_notify_accounts_total",
    "accounts of people: bound, moved, unbound, gone; of those of no number: stranger, wrong_code, void_code, guessing",
    "channel",
    "outcome",
)
NOTIFY_QUEUED = _gauge("techrescue_notify_queued_messages", "messages that may be sent and wait")
NOTIFY_OLDEST = _gauge("techrescue_notify_oldest_queued_age_seconds", "how long the oldest of them waits; 0: none")
NOTIFY_UNKNOWN = _gauge("techrescue_notify_unknown_messages", "messages of which nobody knows whether they left")
NOTIFY_SWEPT = _counter(
    "techrescue_notify_swept_total", "what got stuck, by outcome: lost, undecided, dead, question, call, early, climb", "outcome"
)
NOTIFY_RECEIPTS = _counter(
    "techrescue_notify_receipts_total",
    "receipts by outcome: new, early, doubled_or_forged, broken (see the log)",
    "outcome",
)
NOTIFY_TEXTS = _counter(
    "techrescue_notify_inbound_texts_total",
    "texts from people by outcome: reply, asked_back, unknown_code, double, passed_on, erased, repeated, no_number, account; "
    "rang: a missed call that accepted nothing, after those that are answered a day",
    "outcome",
)
NOTIFY_CALLBACKS = _counter(
    "techrescue_notify_callbacks_total",
    "what providers told by outcome: text, receipt, ignored, unreadable, forged, out_of_time; of a tap also thanked, unthanked",
    "dependency",
    "outcome",
)
NOTIFY_TOKENS = _counter(
    "techrescue_notify_token_renewals_total",
    "renewals of the token that a provider gave us, by outcome: done; away, unknown, refused: the old one stays",
    "dependency",
    "outcome",
)
NOTIFY_TOKEN_LEFT = _gauge(
    "techrescue_notify_token_left_seconds",
    "how long that token is still good; renewed below 6 hours, so 5 hours mean that it fails; 0: there is none",
    "dependency",
)
NOTIFY_CALLS = _counter("techrescue_notify_calls_total", "call tasks: requested, taken, done, dropped, raised", "outcome")
NOTIFY_CALLS_WAITING = _gauge("techrescue_notify_waiting_calls", "call tasks that nobody has done yet")
NOTIFY_CALLS_OVERDUE = _gauge(
    "techrescue_notify_overdue_calls", "of these: fell back to the city desk because nobody called in time"
)

NOTIFY_PROBE_UP = _gauge(
    "techrescue_notify_probe_up",
    "1: the last probe over this provider arrived; one process at a time probes, so take max over processes",
    "dependency",
)
NOTIFY_PROBE_SECONDS = _histogram(
    "techrescue_notify_probe_seconds",
    "from sent to the receipt that it arrived, of probes",
    "dependency",
    buckets=(0.5, 1, 2.5, 5, 10, 20, 30, 60, 120),
)
NOTIFY_PROBE_LAST = _gauge(
    "techrescue_notify_probe_last_success_timestamp_seconds", "when a probe last arrived (Unix time)", "dependency"
)

# Service levels, from rows: every notify process exports the same totals, so add nothing up over processes (use max)
SLA_SECONDS = _rows(
    "techrescue_notify_sla_stage_seconds",
    "histogram",
    "filed → stage on the tier's clock, first time a round; buckets at the limits of shared/service_levels.py and their halves",
    "stage",
    "priority",
)
SLA_BREACHES = _rows(
    "techrescue_notify_sla_breaches_total", "counter", "stages reached too late or not at all", "stage", "priority"
)
SLA_ROUNDS = _rows("techrescue_notify_sla_rounds_total", "counter", "requests, each reopening and second visit anew", "priority")
SLA_RELEASES = _rows("techrescue_notify_sla_releases_total", "counter", "accepted jobs that were given back", "priority")
SLA_OUTCOMES = _rows(
    "techrescue_notify_sla_outcomes_total",
    "counter",
    "ended rounds by outcome: shared.events.assignments.Outcome, cancelled, handed_off",
    "outcome",
    "priority",
)

# The auditor: one process at a time has it, so take max over processes
AUDIT_LAST_RUN = _gauge(
    "techrescue_audit_last_run_timestamp_seconds", "when the auditor last looked (Unix time); 0: not this process"
)
AUDIT_LAST_PASS = _gauge(
    "techrescue_audit_last_pass_timestamp_seconds",
    "when it last had looked at everything: in a very large city after several looks",
)
AUDIT_FINDINGS = _gauge(
    "techrescue_audit_findings",
    "what it finds broken now, by rule of `techrescue check` (services.audit.invariants.RULES)",
    "kind",
)
AUDIT_SECONDS = _histogram("techrescue_audit_run_seconds", "time of one look", buckets=SECONDS)
AUDIT_FAILED = _counter("techrescue_audit_failed_looks_total", "looks that ended early, e.g. because the database was away")
OPS_ALERTS = _counter(
    "techrescue_ops_alerts_total",
    "words to the people who run this, by place: told, failed; and whole words that were late, busy or repeated",
    "outcome",
)

# Whether some are helped later than others: gauges of the last 7 days, from the same rows, so use max here, too
NOTIFY_EQUITY = _gauge(
    "techrescue_notify_equity_promises",
    "decided promises by need of more help: kept, missed; never 1 to 4",
    "group",
    "stage",
    "outcome",
)
NOTIFY_COMMUNES = _gauge(
    "techrescue_notify_commune_promises",
    "the same by commune, that somebody accepts: kept, missed; never 1 to 4",
    "commune",
    "outcome",
)

# Dispatch
DISPATCH_JOBS = _gauge("techrescue_dispatch_open_jobs", "jobs that are not over, by status", "status", "priority")
DISPATCH_WAITS = _gauge(
    "techrescue_dispatch_oldest_waiting_job_age_seconds", "how long the longest waits for somebody to accept; 0: none", "priority"
)
DISPATCH_ENDED_OFFERS = _gauge(
    "techrescue_dispatch_ended_offers", "visit offers that ended within the last hour, by OfferStatus at their end", "outcome"
)
DISPATCH_ON_SHIFT = _gauge(
    "techrescue_dispatch_on_shift_responders", "who is on shift and can be asked, renewed every half minute", "kind"
)
DISPATCH_WORKING = _gauge("techrescue_dispatch_working_responders", "who has accepted a visit today", "kind")
DISPATCH_VISITS = _gauge("techrescue_dispatch_accepted_visits", "visits accepted today", "kind")
DISPATCH_MOST_VISITS = _gauge("techrescue_dispatch_most_accepted_visits", "the most visits that one has accepted today", "kind")
COVERAGE_GAPS = _gauge(
    "techrescue_dispatch_coverage_gap_hours",
    "hours of the next 7 days in which nobody of a commune who has the skill is on shift, added up over the communes",
    "skill",
)

REMOTE_JOBS = _gauge(
    "techrescue_dispatch_remote_jobs",
    "jobs of the last 7 days that were offered by phone, by what became of them: solved, visit, office, other, open",
    "category",
    "outcome",
)

INCIDENT_HELD = _gauge(
    "techrescue_dispatch_held_jobs",
    "jobs that wait for the end of an incident of the whole city, renewed every minute",
    "category",
)

ROSTER_FINDINGS = _gauge(
    "techrescue_dispatch_roster_findings",
    "people of the roster by what is wrong with them (dispatch.roster.quality.Finding), renewed every hour",
    "kind",
)

# Intake
INTAKE_FILED = _counter("techrescue_intake_filed_requests_total", "requests accepted and stored", "channel", "priority")
INTAKE_BATCH = _histogram("techrescue_intake_filing_batch_requests", "filings that shared one transaction", buckets=BATCH)
INTAKE_REFUSED = _counter(
    "techrescue_intake_refused_tries_total",
    "tries at a door: filing, wrong_code, phrase, survey, wish, phrase_again, number, guidance, chat, open311, search, reveal",
    "outcome",
)
INTAKE_WITHOUT_PLACE = _gauge("techrescue_intake_unlocated_requests", "requests that nobody could locate yet")
INTAKE_WITHOUT_PLACE_AGE = _gauge(
    "techrescue_intake_oldest_unlocated_request_age_seconds", "how long the oldest of them waits; 0: none"
)
INTAKE_UNREAD = _gauge("techrescue_intake_unread_messages", "texts of people that answered no question, and nobody has read yet")
INTAKE_UNREAD_AGE = _gauge("techrescue_intake_oldest_unread_message_age_seconds", "how long the oldest of them waits; 0: none")
