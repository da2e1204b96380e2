"""The process environment of a deployment, put together from its layers."""

from collections.abc import Iterable, Mapping
from typing import Final

from secaudit.facts import Candidate
from secaudit.location import Location
from secaudit.records import NamedTuple
from secaudit.syntax.text import Text

Environment = dict[str, tuple[Candidate, ...]]


class EnvFileUse(NamedTuple):
    """An env file that a container is given: by ``env_file`` or by the command it runs."""

    path: str
    dialect: str
    location: Location  # what names it


class Launched(NamedTuple):
    """What a command runs in the end, and what it adds to the process environment.

    ``strong`` replaces variables that are there, ``weak`` only sets those that are not. ``words``
    are those of the command, with a start script replaced by what it runs.
    """

    strong: Environment
    weak: Environment
    env_files: tuple[EnvFileUse, ...]
    words: tuple[Text, ...] = ()


NOTHING: Final = Launched({}, {}, ())


def merged(layers: Iterable[Mapping[str, tuple[Candidate, ...]]]) -> Environment:
    """Merge layers given strongest first: candidates of a variable follow in that order."""
    result: Environment = {}
    for layer in layers:
        for name, found in layer.items():
            result[name] = (*result.get(name, ()), *found)
    return result


def given(pairs: Iterable[tuple[str, str]]) -> Environment:
    """Return the layer of ``--env`` values; the last one of a name counts."""
    return {
        name: (Candidate("process-environment", value, value, None, literal=True),)
        for name, value in pairs
    }


def values(environment: Mapping[str, tuple[Candidate, ...]]) -> dict[str, object]:
    """Return the winning value of each variable."""
    return {name: found[0].value for name, found in environment.items() if found}
