"""What every context may use, and which knows none of them."""
