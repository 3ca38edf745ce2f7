"""The HTTP edge every process shares: who may call what, how bodies are read, how errors are told. No route of a context."""
