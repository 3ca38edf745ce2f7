"""Keys, seals, tokens, pass phrases and codes: what keeps people's data theirs. No rule of any context."""
