"""What a valid broadcast looks like when somebody hands one in. Pure."""

from collections.abc import Iterable
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from notify.broadcasts.broadcast import BroadcastKind
from notify.broadcasts.desk import NewBroadcast
from notify.broadcasts.words import LONGEST, LONGEST_FIELD, Template, Words, free, from_template
from notify.sms_text import clean
from shared.categories import CATEGORIES
from shared.errors import Invalid
from shared.events.assignments import ResponderKind
from shared.events.broadcasts import Audience, Listeners
from shared.geo.communes import COMMUNES
from shared.moments import Moment

MOST: Final = 1000  # ids, communes


def _as_it_leaves(said: object) -> object:
    """Composed, and without what no phone shows: so its letters are counted."""
    return clean(said) if isinstance(said, str) else said


Said = Annotated[str, Field(max_length=LONGEST), BeforeValidator(_as_it_leaves)]
Filled = Annotated[str, Field(max_length=LONGEST_FIELD), BeforeValidator(_as_it_leaves)]


class AudienceForm(BaseModel):
    """Whom it is for. `people`: those of `ids`; everything else belongs to the kind of people it is said of."""

    model_config = ConfigDict(extra="forbid")

    who: Literal["responders", "residents", "leads", "people"]
    communes: Annotated[list[str], Field(max_length=MOST)] = []
    kinds: Annotated[list[ResponderKind], Field(max_length=10)] = []
    on_duty: bool = False
    categories: Annotated[list[str], Field(max_length=100)] = []
    ids: Annotated[list[UUID], Field(max_length=MOST)] = []

    def checked(self) -> Audience | tuple[UUID, ...]:
        """Raises Invalid."""
        _only(self.who, "people", "ids", bool(self.ids))
        _only(self.who, "responders", "kinds", bool(self.kinds))
        _only(self.who, "responders", "on_duty", self.on_duty)
        _only(self.who, "residents", "categories", bool(self.categories))
        if self.who == "people":
            if not self.ids or self.communes:
                raise Invalid("audience.ids", "people are named by their ids, and by nothing else")
            return tuple(self.ids)
        _known("audience.communes", self.communes, (code for code in self.communes if COMMUNES.by_code(code) is None))
        _known("audience.categories", self.categories, (name for name in self.categories if name not in CATEGORIES))
        return Audience(
            who=Listeners(self.who),
            communes=tuple(self.communes),
            kinds=tuple(self.kinds),
            on_duty=self.on_duty,
            categories=tuple(self.categories),
        )


class TextForm(BaseModel):
    """Free words, in both languages."""

    model_config = ConfigDict(extra="forbid")

    vi: Said
    en: Said


class BroadcastForm(BaseModel):
    """A broadcast: `text`, or a `template` with its `fields`. `dry_run`: only say whom it would reach, and at what price."""

    model_config = ConfigDict(extra="forbid")

    kind: BroadcastKind
    audience: AudienceForm
    text: TextForm | None = None
    template: Template | None = None
    fields: Annotated[dict[str, Filled], Field(max_length=10)] = {}
    not_after: Moment
    per_second: Annotated[int | None, Field(ge=1, le=10_000)] = None
    dry_run: bool = False

    def checked(self, key: str | None = None) -> NewBroadcast:
        """Raises Invalid."""
        return NewBroadcast(
            kind=self.kind,
            audience=self.audience.checked(),
            words=self._words(),
            not_after=self.not_after,
            per_second=self.per_second,
            dry_run=self.dry_run,
            key=key,
        )

    def _words(self) -> Words:
        if (self.text is None) == (self.template is None):
            raise Invalid("text", "give either a text or a template")
        if self.template is not None:
            return from_template(self.template, self.fields, self.kind)
        if self.text is None or self.fields:
            raise Invalid("fields", "belong to a template")
        return free(self.text.vi, self.text.en)


def _only(who: str, wanted: str, field: str, given: bool) -> None:
    if given and who != wanted:
        raise Invalid(f"audience.{field}", f"belongs to {wanted}")


def _known(field: str, given: list[str], unknown: Iterable[str]) -> None:
    if next(iter(unknown), None) is not None or len(set(given)) < len(given):
        raise Invalid(field, "must be codes that we know, each once")
