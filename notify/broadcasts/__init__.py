"""One text to thousands: written by a person, checked, paced, counted."""
