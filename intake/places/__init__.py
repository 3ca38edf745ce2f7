"""Where somebody means: an address as people write and say it becomes one commune, or the question that decides."""
