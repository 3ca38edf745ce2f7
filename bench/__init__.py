"""Side-by-side measurements: ours and an honest peer, in one run, on one machine."""
