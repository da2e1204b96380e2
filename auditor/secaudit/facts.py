"""What rules see of one deployment: settings with their candidates, and observations.

A rule knows concepts (``cors.origins``), never libraries: an env file, a pydantic field, a Django
module and a middleware argument all arrive here as the same kind of setting.
"""

from collections.abc import Callable
from typing import Any, Final

from secaudit.location import Location
from secaudit.records import NamedTuple

AS_VALUE: Final = object()  # "the same as value"


class Unknown(NamedTuple):
    """A value that cannot be determined statically, and why. Never a finding, never guessed."""

    reason: str


GENERATED: Final = "generated anew at each start"  # the reason of a secret that code makes itself
#: Layers of values that code writes, and may compute.
CODE_LAYERS: Final = frozenset({"argument", "assignment", "default"})


class Candidate(NamedTuple):
    """One place that gives a setting a value; of several the first wins and shadows the rest.

    ``layer`` names where the value comes from, strongest first: ``argument`` (constructor call),
    ``process-environment`` (``--env``, Compose ``environment``), ``env-file``, ``secrets-dir`` (a
    file that holds one value), ``config-file``, ``assignment`` (code), ``replaced`` (what the
    module that is star-imported gave the name), ``default`` (a field's or reader's default),
    ``library-default`` (what the library does when nothing is written).
    """

    layer: str
    value: Any  # after casts, in the type the program would see; or Unknown
    raw: str | None  # the text before casts, where the source is text
    location: Location | None  # None for --env values
    literal: bool  # the value stands in this place itself, not behind a reference
    compared: bool = False  # the value is what a comparison of the text says, or a ``not``


class Element(NamedTuple):
    """A text of a list that is given elsewhere than the list: ``[settings.frontend_url]``."""

    value: str
    candidates: tuple[Candidate, ...]  # winner first, which has a location


class Setting(NamedTuple):
    """One effective setting of one deployment."""

    name: str  # the code's dotted name, or the key of a file without code
    concept: str  # a name of vocabulary.CONCEPTS, or ""
    group: str  # settings of one policy share it (one CORS middleware, one cookie); "" alone
    type: str  # the declared or inferred type, "" when none
    value: Any  # plain Python values, timedelta, frozenset, ...; or Unknown
    candidates: tuple[Candidate, ...]  # winner first
    location: Location  # the assignment to change
    used: tuple[Location, ...]  # sinks and other places that read it
    error: str | None  # why the program would not start with it
    variables: tuple[str, ...]  # environment variables that can give it, strongest first
    service: str = ""  # what it configures where the concept needs it: "postgresql", "session"
    written: Any = AS_VALUE  # the program's own value where ``value`` is in the concept's unit
    elements: tuple[Element, ...] = ()  # of a list that code puts together
    choices: tuple[Location, ...] = ()  # of flags that chose it: ``a if settings.flag else b``

    @property
    def program_value(self) -> Any:  # noqa: ANN401 - a value of the evaluated program
        """Return the value as the program has it: ``30`` where ``value`` is 30 minutes."""
        return self.value if self.written is AS_VALUE else self.written

    def at(self, faulty: Callable[[str], bool]) -> "Setting":
        """Return the setting as it stands where its one faulty element is given.

        The list itself stays the place where it writes that element, and where several are faulty.
        """
        given = [element for element in self.elements if faulty(element.value)]
        if len(given) != 1 or sum(isinstance(one, str) and faulty(one) for one in self.value) != 1:
            return self
        (element,) = given
        place = element.candidates[0].location or self.location
        used = tuple(dict.fromkeys((self.location, *self.used)))
        return self._replace(candidates=element.candidates, location=place, used=used)


class Observation(NamedTuple):
    """A fact that is no setting: a dropped line, a key nothing reads, a guard, a container port."""

    kind: str  # a name of vocabulary.OBSERVATIONS
    location: Location
    subject: str  # the key, class, service or function it is about
    detail: dict[str, Any]  # plain values; the keys stand beside the kind in vocabulary


class Facts(NamedTuple):
    """Everything rules may know about one deployment."""

    deployment: str
    profile: str  # production, unknown, development, test or example
    settings: tuple[Setting, ...]
    observations: tuple[Observation, ...]

    def of(self, *concepts: str) -> list[Setting]:
        """Return the settings with one of these concepts whose value is known and takes effect.

        A setting whose error stops start-up (a guard that fires, a value refused) has none.
        """
        wanted = set(concepts)
        return [
            setting
            for setting in self.settings
            if setting.concept in wanted
            and setting.error is None
            and not isinstance(setting.value, Unknown)
        ]

    def beside(self, setting: Setting, concept: str) -> Setting | None:
        """Return the setting of ``concept`` in the group of ``setting``, known or Unknown."""
        for other in self.settings:
            if other.concept == concept and other.group == setting.group:
                return other
        return None

    def seen(self, *kinds: str) -> list[Observation]:
        """Return the observations of these kinds."""
        wanted = set(kinds)
        return [observation for observation in self.observations if observation.kind in wanted]
