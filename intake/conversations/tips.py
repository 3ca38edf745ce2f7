"""What became of something to try, as one step of a conversation shows it. Pure."""

from intake.conversations.conversation import Ask, Conversation
from intake.conversations.heard import Heard, Intent
from intake.conversations.saying import Line
from intake.conversations.steps import Step
from intake.guidance.offering import Outcome


def outcome_of(before: Conversation, heard: Heard, step: Step) -> tuple[str, Outcome] | None:
    """The entry, and what this step says of it. Who stops or goes silent has said nothing."""
    lines = {one.line for one in step.says}
    offered = step.talk.draft.tip
    if Line.TIP in lines and offered:
        return offered, Outcome.OFFERED
    tip = before.draft.tip
    if before.asking is not Ask.TRIED or not tip or step.talk.asking is Ask.TRIED:
        return None
    if Line.TIP_HELPED in lines:
        return tip, Outcome.HELPED
    if heard.intent is Intent.PERSON:
        return tip, Outcome.PERSON
    return None if heard.intent is Intent.CANCEL else (tip, Outcome.NOT_HELPED)
