"""The chat on our own page: one more place at which people talk to the machine. Who talks is known by a token alone."""
