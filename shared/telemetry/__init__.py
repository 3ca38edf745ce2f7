"""How a process shows what it does: metrics, logs, health. Never a person's name, number or words (law 12)."""
