"""The env files of a project and the part each plays: loaded, process environment or alone."""

from collections.abc import Iterable

from secaudit.facts import Candidate, Observation
from secaudit.options import Options
from secaudit.planning import env_files, layers, paths, profiles
from secaudit.planning.code import Code
from secaudit.planning.env_names import Named
from secaudit.planning.layers import Environment
from secaudit.planning.reading import Reader
from secaudit.records import NamedTuple
from secaudit.syntax.dotenv import EnvFile

_SHORTEST_TAIL = 4  # letters of a name behind a prefix that still tell something
_TOOLS = frozenset(("scripts", "script", "tools", "bin", "ci", "hack", "devtools"))  # folders


class EnvUse(NamedTuple):
    """One env file of a project; ``loader`` is the place in code that names it."""

    path: str
    relative: str
    profile: str  # by its name
    loader: Named | None
    file: EnvFile


class EnvUses:
    """All env files that a project's code and folders have to do with."""

    def __init__(  # noqa: PLR0913 - the surroundings of a project, each once
        self,
        root: str,
        *,
        own: Iterable[str],
        others: Iterable[str],
        code: Code,
        explicit: frozenset[str],
        reader: Reader,
        options: Options,
    ) -> None:
        self.root = root
        self.code = code
        self.explicit = explicit
        self.reader = reader
        self.options = options
        self.given = layers.given(options.env)
        wanted = [*own, *(path for path in others if self._loader(path) is not None)]
        beside = (path for named in code.named for path in named.places if reader.allowed(path))
        uses = (self.use(path) for path in dict.fromkeys([*wanted, *beside]))
        self.all = [use for use in uses if use is not None]
        self.loaded = [use for use in self.all if use.loader is not None]
        self.examples = [
            use for use in self.all if use.loader is None and use.profile == profiles.EXAMPLE
        ]

    def use(self, path: str) -> EnvUse | None:
        """Return an env file with its part, None when it cannot be read."""
        loader = self._loader(path)
        relative = paths.relative(path, self.root)
        file = self.reader.env_file(path, self._dialect(path, loader))
        return file and EnvUse(path, relative, profiles.of_file(relative), loader, file)

    def _loader(self, path: str) -> Named | None:
        example = profiles.of_file(paths.name_of(path)) == profiles.EXAMPLE
        fitting = (named for named in self.code.named if named.pattern.fullmatch(path))
        if example:
            fitting = (named for named in fitting if named.places and not self._is_tool(named))
        return next(fitting, None)

    def _is_tool(self, named: Named) -> bool:
        """Say whether a script names a file: it compares or copies an example and serves nobody."""
        folder = paths.folder_of(paths.relative(named.location.path, self.root))
        return not _TOOLS.isdisjoint(folder.split("/"))

    def _dialect(self, path: str, loader: Named | None) -> str:
        """Return the dialect an env file is read in: the option, its loader's, the project's."""
        if self.options.env_dialect != "auto":
            return self.options.env_dialect
        if paths.name_of(path) == ".envrc":
            return "bash"
        return (loader.dialect if loader else self.code.dialect) or "python-dotenv"

    def is_process(self, use: EnvUse) -> bool:
        """Say whether a file that no loader names is process environment of the code.

        It is when it was named on the command line, or when the code mentions one of its keys; a
        front end's file is judged alone, as are examples.
        """
        if use.loader is not None or use.profile == profiles.EXAMPLE or not self.code.modules:
            return False
        return use.path in self.explicit or any(
            self._mentions(entry.key.upper()) for entry in use.file.entries
        )

    def _mentions(self, key: str) -> bool:
        """Say whether the code mentions a key, whole or behind a prefix."""
        if key in self.code.words:
            return True
        pieces = key.split("_")
        tails = ("_".join(pieces[start:]) for start in range(1, len(pieces)))
        return any(len(tail) >= _SHORTEST_TAIL and tail in self.code.words for tail in tails)

    def groups(self, consumed: frozenset[str]) -> list[list[EnvUse]]:
        """Return the alternatives of process environment, the files of each strongest first.

        Files for different profiles are alternatives, and so are files of different folders and
        files that set the same variables; others of one folder are given together. The empty group
        stands for the code with the files it loads itself.
        """
        found: list[list[EnvUse]] = []
        for use in self.all:
            if self.is_process(use) and use.path not in consumed:
                fitting = (group for group in found if self._together(group, use))
                group = next(fitting, None)
                if group is None:
                    found.append([use])
                else:
                    group.append(use)
        loads = any(
            use.path not in self.explicit and use.path not in consumed for use in self.loaded
        )
        return [[], *found] if loads or not found else found

    def _together(self, group: list[EnvUse], use: EnvUse) -> bool:
        """Say whether a file is given together with those of a group."""
        first = group[0]
        named = {first.path, use.path} <= self.explicit
        if paths.folder_of(first.path) != paths.folder_of(use.path) and not named:
            return False
        if self.profile_of(first) != self.profile_of(use):
            return False
        if paths.name_of(use.path) == ".flaskenv":  # `flask run` reads it after `.env`
            return any(paths.name_of(other.path) == ".env" for other in group)
        known = {entry.key for other in group for entry in other.file.entries}
        return not any(entry.key in known for entry in use.file.entries)

    def profile_of(self, use: EnvUse) -> str:
        """Return the profile of a file by its name, else by its selector variables."""
        if use.profile != profiles.UNKNOWN:
            return use.profile
        return profiles.strictest(profiles.selectors(layers.values(self.candidates(use))))

    def stands_in(self, use: EnvUse, group: Iterable[EnvUse]) -> bool:
        """Say whether a file of the process environment replaces a file that code loads.

        A ``.env.production`` met beside ``.env`` is what ``.env`` is on the production host. Files
        named on the command line are given together.
        """
        return use.profile == profiles.UNKNOWN and any(
            other.path.startswith(f"{use.path}.")
            and other.profile != profiles.UNKNOWN
            and other.path not in self.explicit
            for other in group
        )

    def candidates(self, use: EnvUse, layer: str = "process-environment") -> Environment:
        """Return what a file gives each variable."""

        def environment(name: str) -> str | None:
            found = self.given.get(name)
            return str(found[0].value) if found else None

        found: dict[str, tuple[Candidate, ...]]
        found = env_files.candidates(use.file, environment, layer=layer)
        return found


def observations(uses: Iterable[EnvUse], tracked: frozenset[str]) -> list[Observation]:
    """Return what the env files of a deployment show by themselves."""
    seen: list[Observation] = []
    for use in uses:
        seen += env_files.observe(use.file)
        seen += env_files.permissions(use.path, use.file)
        if use.profile != profiles.EXAMPLE:
            seen += env_files.in_git(use.file, tracked)
        elif use.loader:
            detail = {"loader": use.loader.dialect}
            seen.append(Observation("example-loaded", use.loader.location, use.relative, detail))
    return seen


def compared(uses: Iterable[EnvUse], examples: Iterable[EnvUse]) -> list[Observation]:
    """Return what the example files beside a deployment's env files say about it."""
    seen: list[Observation] = []
    for example in examples:
        if not example.file.entries:
            continue
        shown = {entry.key: entry.value for entry in example.file.entries if entry.value}
        keys = tuple(entry.key for entry in example.file.entries)
        detail = {"keys": keys, "example": example.relative}
        place = example.file.entries[0].location
        seen.append(Observation("example-keys", place, example.relative, detail))
        seen += [
            Observation(
                "value-of-example",
                entry.value_location,
                entry.key,
                {"key": entry.key, "example": example.relative},
            )
            for use in uses
            for entry in use.file.entries
            if entry.value and shown.get(entry.key) == entry.value
        ]
    return seen
