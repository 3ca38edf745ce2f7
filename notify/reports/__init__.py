"""Figures that people outside may rely on: made from the event log alone, hidden where about few, frozen once handed in."""
