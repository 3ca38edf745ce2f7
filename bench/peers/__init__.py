"""The textbook: each step as an honest tutorial builds it, durable and correct as long as nothing goes wrong."""
