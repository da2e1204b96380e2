"""From a project to its deployments: which files belong together, and what each is for."""

from collections.abc import Iterable
from typing import NamedTuple

from secaudit.discovery import Project, Root
from secaudit.facts import Candidate, Observation
from secaudit.finding import Problem
from secaudit.options import Declared, Options
from secaudit.planning import env_files, git_index, layers, paths, profiles
from secaudit.planning.code import Leaf, Named, scan
from secaudit.planning.deployment import Deployment
from secaudit.planning.profiles import Signal
from secaudit.planning.reading import Reader
from secaudit.syntax.dotenv import EnvFile


class Plan(NamedTuple):
    """All deployments of all projects, and what could not be read on the way."""

    deployments: tuple[Deployment, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]


def plan(project: Project, options: Options) -> Plan:
    """Decide the deployments of a project."""
    reader = Reader(project)
    deployments = [one for root in project.roots for one in _Planner(root, reader, options).all()]
    return Plan(tuple(deployments), tuple(reader.problems), tuple(reader.notes))


class _EnvUse(NamedTuple):
    """One env file of a project and the part it plays."""

    path: str
    relative: str
    profile: str  # by its name
    loader: Named | None  # the place in code that names it
    file: EnvFile


class _Planner:
    """Plans one project."""

    def __init__(self, root: Root, reader: Reader, options: Options) -> None:
        self.root = root.path
        self.reader = reader
        self.options = options
        self.given = layers.given(options.env)
        self.explicit = frozenset(file.path for file in root.files if file.explicit)
        python = [file.path for file in root.files if file.kind == "python"]
        self.code = scan(self.root, python, self.explicit, reader)
        env = [file.path for file in root.files if file.kind == "env"]
        self.uses = [use for use in map(self._use, env) if use is not None]
        self.tracked = git_index.tracked(self.root) if env else frozenset()

    def all(self) -> list[Deployment]:
        """Return the deployments of the project: of its code, then of files judged alone."""
        alone = [use for use in self.uses if not self._joins(use)]
        found: list[Deployment] = []
        if self.code.modules:
            declared = [one for one in self.options.deployments if self._concerns(one)]
            found += map(self._declared, declared) if declared else self._inferred()
        else:
            alone = self.uses
        return [*found, *map(self._alone, alone)]

    # --- env files -------------------------------------------------------------------------

    def _use(self, path: str) -> _EnvUse | None:
        relative = paths.relative(path, self.root)
        loader = next((named for named in self.code.named if named.pattern.fullmatch(path)), None)
        file = self.reader.env_file(path, self._dialect(path, loader))
        profile = profiles.of_file(relative)
        return None if file is None else _EnvUse(path, relative, profile, loader, file)

    def _dialect(self, path: str, loader: Named | None) -> str:
        """Return the dialect an env file is read in: the option, its loader's, the project's."""
        if self.options.env_dialect != "auto":
            return self.options.env_dialect
        if paths.name_of(path) == ".envrc":
            return "bash"
        return (loader.dialect if loader else self.code.dialect) or "python-dotenv"

    def _joins(self, use: _EnvUse) -> bool:
        """Say whether an env file is part of a deployment of the code.

        It is when code names it. Otherwise a named or related file is process environment; one
        whose keys the code never mentions (a front end's) is judged alone, as are examples.
        """
        if use.loader is not None:
            return True
        if use.profile == profiles.EXAMPLE:
            return False
        if use.path in self.explicit:
            return True
        return any(self._mentions(entry.key) for entry in use.file.entries)

    def _mentions(self, key: str) -> bool:
        upper = key.upper()
        if upper in self.code.words:
            return True
        return any(upper.endswith(f"_{word}") for word in self._parts(upper))

    def _parts(self, key: str) -> Iterable[str]:
        """Yield the endings of a key that the code mentions: its name behind a prefix."""
        pieces = key.split("_")
        for start in range(1, len(pieces)):
            tail = "_".join(pieces[start:])
            if tail in self.code.words:
                yield tail

    def _process_groups(self) -> list[list[_EnvUse]]:
        """Return the alternatives of process environment: one group of files a profile."""
        process = [use for use in self.uses if self._joins(use) and use.loader is None]
        groups: dict[str, list[_EnvUse]] = {}
        for use in process:
            profile = use.profile
            if profile == profiles.UNKNOWN:
                values = layers.values(env_files.candidates(use.file, lambda _: None))
                profile = profiles.strictest(profiles.selectors(values))
            groups.setdefault(profile, []).append(use)
        loaded = any(use.loader is not None and use.path not in self.explicit for use in self.uses)
        found = list(groups.values())
        return [[], *found] if loaded or not found else found

    def _observations(self, uses: Iterable[_EnvUse]) -> list[Observation]:
        """Return what the env files of a deployment show by themselves."""
        seen: list[Observation] = []
        for use in uses:
            seen += env_files.observe(use.file)
            seen += env_files.permissions(use.path, use.file)
            first = use.file.entries[0].location if use.file.entries else None
            if first and use.path in self.tracked and use.profile != profiles.EXAMPLE:
                seen.append(Observation("file-tracked", first, use.path, {}))
            if use.loader and use.profile == profiles.EXAMPLE:
                detail = {"loader": use.loader.dialect}
                seen.append(
                    Observation("example-loaded", use.loader.location, use.relative, detail)
                )
        return seen

    # --- deployments -----------------------------------------------------------------------

    def _inferred(self) -> list[Deployment]:
        """Return one deployment for each way to start the code and each alternative."""
        groups = self._process_groups()
        targets: list[Leaf | None] = [*self.code.leaves] or [None]
        found = []
        for leaf in targets:
            for group in groups:
                if not self._fits(leaf, group, groups):
                    continue
                found.append(self._deployment(leaf, group))
        return found

    def _fits(self, leaf: Leaf | None, group: list[_EnvUse], groups: list[list[_EnvUse]]) -> bool:
        """Say whether a leaf module runs with these env files: not when another pair is meant."""
        if leaf is None or not group:
            return True
        wanted, offered = _leaf_profile(leaf, self.root), group[0].profile
        if profiles.UNKNOWN in {wanted, offered} or wanted == offered:
            return True
        return not any(other and other[0].profile == wanted for other in groups)

    def _deployment(self, leaf: Leaf | None, group: list[_EnvUse]) -> Deployment:
        everything = [use for use in self.uses if use.loader is not None]
        absent = [use.path for use in everything if self._stands_in(use, group)]
        loaded = [use for use in everything if use.path not in absent]
        process = [self._candidates(use) for use in group]
        environment = layers.merged([self.given, *process])
        signals = self._signals(leaf, group, loaded, environment)
        label = self._label(leaf)
        name = f"{label} with {', '.join(use.relative for use in group)}" if group else label
        return Deployment(
            name,
            self.root,
            self._profile(signals),
            self._modules(leaf),
            environment,
            self.options.env_dialect,
            (),
            (*self._observations([*group, *loaded]), *self._conflict(signals, group, loaded, leaf)),
            leaf.selected if leaf else "",
            tuple(absent),
        )

    def _stands_in(self, use: _EnvUse, group: list[_EnvUse]) -> bool:
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

    def _modules(self, leaf: Leaf | None) -> tuple[str, ...]:
        """Return the files to evaluate: the leaf first; other settings modules stay out."""
        others = [path for path in self.code.modules if path not in self.code.settings_modules]
        if leaf is None:
            return self.code.modules
        return (leaf.path, *(path for path in others if path != leaf.path))

    def _candidates(self, use: _EnvUse) -> dict[str, tuple[Candidate, ...]]:
        def environment(name: str) -> str | None:
            found = self.given.get(name)
            return str(found[0].value) if found else None

        return env_files.candidates(use.file, environment)

    def _signals(
        self,
        leaf: Leaf | None,
        group: list[_EnvUse],
        loaded: list[_EnvUse],
        environment: layers.Environment,
    ) -> list[Signal]:
        """Return what names and selector variables say about a deployment."""
        weaker = [env_files.candidates(use.file, lambda _: None) for use in loaded]
        values = layers.values(layers.merged([environment, *weaker]))
        signals = profiles.selectors(values, self._branched(values))
        signals += [
            Signal(use.relative, use.profile)
            for use in (*group, *loaded)
            if use.profile not in {profiles.EXAMPLE, profiles.UNKNOWN}
        ]
        if leaf is None:
            return signals
        own = _leaf_profile(leaf, self.root)
        others = {_leaf_profile(one, self.root) for one in self.code.leaves if one != leaf}
        kept = [one for one in signals if own == profiles.UNKNOWN or one.profile not in others]
        return [*kept, Signal(leaf.selected, own)] if own != profiles.UNKNOWN else kept

    def _branched(self, values: Iterable[str]) -> list[str]:
        """Return the selector variables that the code mentions."""
        return [
            name
            for name in values
            if name.upper() in self.code.words and profiles.selectors({name: "production"})
        ]

    def _profile(self, signals: list[Signal]) -> str:
        if self.options.profile != "auto":
            return self.options.profile
        return profiles.strictest(signals)

    def _conflict(
        self,
        signals: list[Signal],
        group: list[_EnvUse],
        loaded: list[_EnvUse],
        leaf: Leaf | None,
    ) -> list[Observation]:
        """Return the observation that signals disagree, at the first file that has a line."""
        found = profiles.conflict(signals)
        entries = [use.file.entries[0] for use in (*group, *loaded) if use.file.entries]
        if not found or not entries:
            return []
        words = [f"{signal.source} ({signal.profile})" for signal in found]
        subject = leaf.selected if leaf else self._label(leaf)
        return [Observation("profile-conflict", entries[0].location, subject, {"signals": words})]

    def _label(self, leaf: Leaf | None) -> str:
        if leaf is None and len(self.code.modules) > 1:
            return paths.name_of(self.root)
        path = leaf.path if leaf else self.code.modules[0]
        relative = paths.relative(path, self.root)
        return f"{relative} {leaf.selected}" if leaf and leaf.kind == "flask" else relative

    def _alone(self, use: _EnvUse) -> Deployment:
        """Return the deployment of an env file that nothing refers to."""
        found = env_files.candidates(use.file, lambda _: None, layer="env-file")
        signals = profiles.selectors(layers.values(found))
        if use.profile == profiles.EXAMPLE and use.path not in self.explicit:
            profile = profiles.EXAMPLE
        elif self.options.profile != "auto":
            profile = self.options.profile
        elif use.profile == profiles.EXAMPLE:
            profile = profiles.EXAMPLE
        else:
            profile = profiles.strictest([*signals, Signal(use.relative, use.profile)])
        environment = layers.merged([self.given, found])
        observations = tuple(self._observations([use]))
        return Deployment(
            use.relative,
            self.root,
            profile,
            (),
            environment,
            self.options.env_dialect,
            (),
            observations,
        )

    # --- declared --------------------------------------------------------------------------

    def _concerns(self, declared: Declared) -> bool:
        prefix = self.root.rstrip("/") + "/"
        paths = [*declared.env_files, declared.settings]
        inside = [path for path in paths if path.startswith(prefix)]
        return bool(inside) or not any(path.startswith("/") for path in paths)

    def _declared(self, declared: Declared) -> Deployment:
        """Return the deployment of a ``[tool.secaudit.deployments.NAME]`` table."""
        wanted = set(declared.env_files)
        leaf = next((one for one in self.code.leaves if _is(one, declared.settings)), None)
        uses = [use for path in declared.env_files if (use := self._declared_use(path))]
        process = [use for use in reversed(uses) if use.loader is None]
        environment = layers.merged(
            [self.given, layers.given(declared.env), *map(self._candidates, process)]
        )
        loaded = [use for use in uses if use.loader is not None]
        signals = self._signals(leaf, process, loaded, environment)
        profile = declared.profile if declared.profile != "auto" else self._profile(signals)
        return Deployment(
            declared.name,
            self.root,
            profile,
            self._modules(leaf),
            environment,
            self.options.env_dialect,
            (),
            tuple(self._observations(uses)),
            leaf.selected if leaf else declared.settings,
            tuple(use.path for use in self.uses if use.path not in wanted),
        )

    def _declared_use(self, path: str) -> _EnvUse | None:
        known = next((use for use in self.uses if use.path == path), None)
        return known or self._use(path)


def _leaf_profile(leaf: Leaf, root: str) -> str:
    if leaf.kind == "flask":
        return profiles.of_class(leaf.selected)
    profile = profiles.of_file(paths.relative(leaf.path, root))
    return profiles.UNKNOWN if profile == profiles.EXAMPLE else profile


def _is(leaf: Leaf, settings: str) -> bool:
    return settings in {leaf.path, leaf.selected}
