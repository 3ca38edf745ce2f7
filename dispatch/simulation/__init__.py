"""The city in a box: made-up people and requests under the real matching code, on a clock that is only a number. No I/O here."""
