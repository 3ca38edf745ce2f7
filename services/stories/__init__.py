"""Stories that `techrescue story --channel` plays: one file a channel, found by its name. Each has a `play` or a `STORY`."""
