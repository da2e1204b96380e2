"""Where the files of a container come from: copied by the build, mounted, or given as secrets."""

from collections.abc import Callable

from secaudit.planning import paths
from secaudit.records import NamedTuple


class Part(NamedTuple):
    """A file or folder of the host and the place where the container has it, both absolute."""

    place: str
    source: str  # "" when it is not known


class Filesystem(NamedTuple):
    """The files of a container as far as they are known."""

    parts: tuple[Part, ...]  # a later one covers an earlier one
    folder: str  # the working directory in the container, "" when it is not known
    context: str  # the host folder that a relative path most likely means

    def source(self, path: str, allowed: Callable[[str], bool]) -> str | None:
        """Return the host file behind a path that a program in the container names.

        A file copied to a name that is a folder (``COPY a.env /app/``) keeps its own name, which
        only the files themselves can tell: ``allowed`` says which paths of the host may be read.
        """
        found: list[str] = []
        known = [part for part in self.parts if part.source]
        if self.folder or path.startswith("/"):
            place = paths.join(self.folder or "/", path)
            for part in reversed(known):
                found += _behind(part, place)
        if not path.startswith("/"):
            found.append(paths.join(self.context, path))
        return next((one for one in found if allowed(one)), None)


def _behind(part: Part, place: str) -> list[str]:
    if place == part.place:
        return [part.source]
    folder = part.place.rstrip("/") + "/"
    if not place.startswith(folder):
        return []
    rest = place.removeprefix(folder)
    own = [part.source] if rest == paths.name_of(part.source) else []
    return [*own, paths.join(part.source, rest)]
