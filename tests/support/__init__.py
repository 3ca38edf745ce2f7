"""What tests share: a database each, waiting for something to become true, a clock that can be moved."""
