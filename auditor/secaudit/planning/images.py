"""What a Dockerfile gives its containers: variables, user, command, and secrets in its layers."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secaudit.facts import Candidate, Observation, Setting
from secaudit.location import Location
from secaudit.naming import SECRET_CONCEPTS, meaning_of
from secaudit.planning import commands, packages, paths
from secaudit.planning.image import Image
from secaudit.planning.settings import written
from secaudit.syntax.dockerfile import Dockerfile, Instruction, Stage, substituted

if TYPE_CHECKING:
    from secaudit.syntax.text import Text

_ROOT = frozenset({"", "root", "0"})


def image_of(file: Dockerfile, target: str = "", arguments: dict[str, str] | None = None) -> Image:
    """Return what a container of this image starts with.

    Args:
        file: the parsed Dockerfile.
        target: the stage to build; the last one when empty or unknown.
        arguments: build arguments, which replace the defaults of ARG.
    """
    chain = file.stage(target)
    reader = _Reader(arguments or {})
    for instruction in (item for stage in chain for item in stage.instructions):
        reader.read(instruction)
    everything = [item for stage in file.stages for item in stage.instructions]
    observations = [seen for item in everything for seen in _secrets(item)]
    words = (*reader.entrypoint, *reader.command)
    return Image(
        file.path,
        reader.environment,
        words,
        tuple(commands.settings(commands.with_variables(words, reader.environment))),
        tuple(_downloads(everything, reader)),
        _user(chain, reader.user),
        reader.folder,
        tuple(reader.copies),
        tuple(observations),
    )


class _Reader:
    """Follows the instructions of a stage chain."""

    def __init__(self, arguments: dict[str, str]) -> None:
        self.environment: dict[str, tuple[Candidate, ...]] = {}
        self.entrypoint: tuple[Text, ...] = ()
        self.command: tuple[Text, ...] = ()
        self.user: Instruction | None = None
        self.folder = ""
        self.copies: list[tuple[str, str]] = []
        self.arguments: dict[str, tuple[Candidate, ...]] = {}
        self._arguments = arguments
        self._variables: dict[str, str] = {}

    def read(self, item: Instruction) -> None:
        """Apply one instruction."""
        if item.keyword == "ENV":
            self._env(item)
        elif item.keyword == "ARG":
            for name, text in item.pairs:
                default = substituted(text.value, self._variables) if text else ""
                self._variables.setdefault(name, self._arguments.get(name, default))
                written = text.location if text else item.location
                value = self._variables[name]
                one = Candidate("process-environment", value, value, written, literal=True)
                self.arguments[name] = (one,)
        elif item.keyword == "USER":
            self.user = item
        elif item.keyword == "ENTRYPOINT":
            self.entrypoint, self.command = item.words, ()
        elif item.keyword == "CMD":
            self.command = item.words
        elif item.keyword in {"COPY", "ADD"}:
            words = [substituted(word.value, self._variables) for word in item.words]
            if words and not any(word.startswith("--from") for word in words):
                place = paths.join(self.folder or "/", words[-1])
                sources = (word for word in words[:-1] if not word.startswith("--"))
                self.copies += [(source, place) for source in sources]
        elif item.keyword == "WORKDIR" and item.words:
            folder = substituted(item.words[0].value, self._variables)
            self.folder = paths.join(self.folder or "/", folder)

    def _env(self, item: Instruction) -> None:
        before = dict(self._variables)  # one ENV sees the values before it
        for name, text in item.pairs:
            if text is None:
                continue
            value = substituted(text.value, before)
            literal = "$" not in text.value
            candidate = Candidate("process-environment", value, text.value, text.location, literal)
            self.environment[name] = (candidate,)
            self._variables[name] = value


def _user(chain: list[Stage], user: Instruction | None) -> Setting | None:
    """Return the user a container runs as; empty when no USER makes it another than root."""
    if not chain:
        return None
    text = user.words[0].value.split(":")[0] if user and user.words else ""
    place = user.location if user else chain[-1].start.location
    value = "" if text in _ROOT else text
    layer = "assignment" if user else "library-default"
    candidate = Candidate(layer, value, text, place, literal=user is not None)
    return written("USER", "container.user", "container", place, candidate)


def _downloads(items: list[Instruction], reader: _Reader) -> Iterator[Setting]:
    """Yield how a build fetches packages and files: by variables and by its commands."""
    yield from packages.of_environment({**reader.arguments, **reader.environment})
    for item in items:
        if item.keyword == "RUN":
            yield from commands.downloads(item.words)
            yield from packages.of_words(item.words)


def _secrets(item: Instruction) -> list[Observation]:
    """Return the variables of ENV and ARG whose names say that the value is a secret."""
    if item.keyword not in {"ENV", "ARG"}:
        return []
    pairs = ((name, text) for name, text in item.pairs if text is not None)
    found = (secret_in_image(name, text.value, text.location, item.keyword) for name, text in pairs)
    return [seen for seen in found if seen is not None]


def secret_in_image(name: str, value: str, place: Location, how: str) -> Observation | None:
    """Return the observation of a secret that a build writes into the image, None for others."""
    if not value or "$" in value:
        return None
    from secaudit.judgement.hosts import url_of  # noqa: PLC0415 - few runs have an image
    from secaudit.judgement.provider_tokens import provider_of  # noqa: PLC0415 - see above
    from secaudit.judgement.secrets import is_placeholder  # noqa: PLC0415 - see above

    meaning = meaning_of(name)
    concept = "" if meaning is None else meaning.concept
    url = url_of(value) if concept == "database.url" else None
    secret = url.password if url is not None else value
    told = url is not None or concept in SECRET_CONCEPTS or provider_of(value)
    if not secret or not told:
        return None
    detail = {"name": name, "instruction": how, "placeholder": is_placeholder(secret)}
    return Observation("secret-in-image", place, name, detail)
