"""How events travel: outbox, relay, transport, consumer, inbox, dead letters. Knows what an event is, never what it means."""
