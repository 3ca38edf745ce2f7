"""The walk-in queue of a service point: numbers, who is next, how long it takes."""
