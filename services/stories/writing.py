"""Somebody writes to us where the simulated network carries it, and reads what comes back there. No channel of its own."""

from collections.abc import AsyncIterator, Sequence

from services.stories.stage import Said, Stage

ANSWERS = {"conversation", "filed_here"}  # what the machine says, and by what a filing of this number is confirmed


async def written(stage: Stage, address: str, channel: str, texts: Sequence[str]) -> AsyncIterator[Said]:
    """Each text, and all that is answered to it at this address before the next is written."""
    for text in texts:
        await stage.think()
        yield stage.said("they", text)
        await stage.ask("POST", "/dev/replies", json={"from": address, "channel": channel, "text": text})
        for one in await stage.messages(lambda told: told["to"] == address and told["kind"] in ANSWERS):
            yield stage.said("we", str(one["text"]))
