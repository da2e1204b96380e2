"""Deployments of a project's code as it is started directly, and of files judged alone."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from secaudit.discovery import Root
from secaudit.facts import Observation
from secaudit.options import Options
from secaudit.planning import env_uses, git_index, layers, paths, profiles
from secaudit.planning.code import scan
from secaudit.planning.deployment import Deployment
from secaudit.planning.env_choices import NONE, Choice, choices
from secaudit.planning.env_uses import EnvUse, EnvUses
from secaudit.planning.layers import NOTHING, Environment
from secaudit.planning.leaves import Leaf, profile_of
from secaudit.planning.profiles import Signal
from secaudit.planning.reading import Reader

if TYPE_CHECKING:
    from secaudit.planning.image import Image


class Codebase:
    """One project: its Python files and the env files around them."""

    def __init__(self, root: Root, env: Iterable[str], reader: Reader, options: Options) -> None:
        self.root = root.path
        self.options = options
        self.given = layers.given(options.env)
        self.explicit = frozenset(file.path for file in root.files if file.explicit)
        python = [file.path for file in root.files if file.kind == "python"]
        own = [file.path for file in root.files if file.kind == "env"]
        self.code = scan(self.root, python, self.explicit, reader)
        others = [path for path in env if path not in own]
        self.env = EnvUses(
            self.root,
            own=own,
            others=others,
            code=self.code,
            explicit=self.explicit,
            reader=reader,
            options=options,
        )
        self.tracked = git_index.tracked(self.root)
        self.served = self._served(reader)

    def _served(self, reader: Reader) -> Environment:
        """Return the variables that gunicorn's configuration sets, but for those of ``--env``."""
        named = (path for path in self.code.modules if b"raw_env" in reader.data(path))
        modules = [module for module in map(reader.module, named) if module is not None]
        if not modules:
            return {}
        from secaudit.planning import server_files  # noqa: PLC0415 - few projects have such a file

        found = layers.merged([server_files.raw_environment(module) for module in modules])
        return {name: given for name, given in found.items() if name not in self.given}

    def direct(
        self, consumed: frozenset[str], image: "Image | None", *, contained: bool
    ) -> list[Deployment]:
        """Return the deployments of the code outside Compose.

        Args:
            consumed: env files that Compose gives to its services.
            image: the Dockerfile's image, when no Compose service is built from it.
            contained: a Compose service runs this code.
        """
        if not self.code.modules:
            return []
        groups = self.env.groups(consumed)
        if contained:
            groups = [group for group in groups if group]
            if any(use.path not in consumed for use in self.env.loaded):
                groups.insert(0, [])
        if image is not None and image.launched.env_files and [] not in groups:
            groups.insert(0, [])
        leaves: list[Leaf | None] = [*self.code.leaves] or [None]
        fitting = [[leaf for leaf in leaves if self._fits(leaf, one, groups)] for one in groups]
        pairs = [
            (leaf, group)
            for leaf in leaves
            for group, fit in zip(groups, fitting, strict=True)
            if leaf in fit or not fit  # no file stays unread because no leaf has its profile
        ]
        return [
            self.deployment(leaf, group, image, choice)
            for leaf, group in pairs
            for choice in choices(self.env.loaded, self._given(group))
        ]

    def _given(self, group: list[EnvUse]) -> set[str]:
        """Return the variables that the process is given."""
        return {*self.given, *(name for use in group for name in self.env.candidates(use))}

    def alone(self, consumed: frozenset[str]) -> list[Deployment]:
        """Return one deployment for each env file that nothing refers to.

        Variables that gunicorn's configuration sets are one too, when it is all there is of code.
        """
        names = [paths.name_of(path) for path in self.code.modules]
        configured = self.served and all(name.startswith("gunicorn") for name in names)
        return [
            *([self._configured()] if configured else []),
            *self._unreferred(consumed),
        ]

    def _configured(self) -> Deployment:
        signals = profiles.selectors(layers.values(self.served))
        modules = list(self.code.modules)
        signals += [
            Signal(paths.relative(path, self.root), profiles.of_file(path)) for path in modules
        ]
        profile = profiles.chosen(self.options, modules, signals)
        return Deployment("raw_env", self.root, profile, (), self.served)

    def _unreferred(self, consumed: frozenset[str]) -> list[Deployment]:
        return [
            self._alone(use)
            for use in self.env.all
            if use.loader is None and not self.env.is_process(use) and use.path not in consumed
        ]

    def named(self, consumed: frozenset[str]) -> list[tuple[str, Deployment]]:
        """Return env files that code names, and each by itself should no deployment open it."""
        kept = [use for use in self.env.loaded if use.path not in consumed]
        return [(use.path, self._alone(use)) for use in kept]

    def _fits(self, leaf: Leaf | None, group: list[EnvUse], groups: list[list[EnvUse]]) -> bool:
        """Say whether a leaf module runs with these env files: not when another pair is meant.

        ``settings/production.py`` belongs to ``.env.production`` when there is one, and files for
        one leaf's profile are not given to the leaves of other profiles.
        """
        if leaf is None:
            return True
        wanted = profile_of(leaf, self.root)
        offered = self.env.profile_of(group[0]) if group else ""
        if profiles.UNKNOWN in {wanted, offered} or wanted == offered:
            return True
        if any(other and self.env.profile_of(other[0]) == wanted for other in groups):
            return False
        taken = any(profile_of(other, self.root) == offered for other in self.code.leaves)
        return not taken or len(groups) == 1

    def deployment(
        self, leaf: Leaf | None, group: list[EnvUse], image: "Image | None", choice: Choice = NONE
    ) -> Deployment:
        """Return the code with one alternative of its process environment."""
        absent = [use.path for use in self.env.loaded if self.env.stands_in(use, group)]
        absent += choice.absent
        loaded = [use for use in self.env.loaded if use.path not in absent]
        process = [self.env.candidates(use) for use in group]
        start = image.launched if image else NOTHING
        served = self.served if image is None or image.runs_gunicorn else {}
        weakest = [image.environment, start.weak] if image else []
        environment = layers.merged(
            [self.given, choice.environment, start.strong, served, *process, *weakest]
        )
        launched = [self.env.use(one.path) for one in start.env_files]
        given = [*group, *(use for use in launched if use is not None)]
        files = [*given, *loaded]
        signals = self.signals(leaf, files, environment)
        seen = [*env_uses.observations(files, self.tracked), *self.conflict(signals, files, leaf)]
        seen += env_uses.compared(files, self.env.examples)
        settings, more = image.facts_with(environment) if image else ((), ())
        parts = [use.relative for use in given]
        parts += [f"{choice.variable}={choice.value}"] if choice.value else []
        label = self._label(leaf)
        return Deployment(
            f"{label} with {', '.join(parts)}" if parts else label,
            self.root,
            profiles.chosen(self.options, self._about(leaf, group), signals),
            self.modules(leaf),
            environment,
            self.options.env_dialect,
            settings,
            (*seen, *more),
            leaf.selected if leaf else "",
            tuple(absent),
        )

    def _about(self, leaf: Leaf | None, group: list[EnvUse]) -> list[str]:
        """Return the files that a deployment is about: its leaf or modules, and its env files."""
        code = [leaf.path] if leaf else [*self.code.modules]
        return [*code, *(use.path for use in group)]

    def modules(self, leaf: Leaf | None) -> tuple[str, ...]:
        """Return the files to evaluate: the leaf first; other settings modules stay out."""
        if leaf is None:
            return self.code.modules
        others = [path for path in self.code.modules if path not in self.code.settings_modules]
        return (leaf.path, *(path for path in others if path != leaf.path))

    def signals(
        self, leaf: Leaf | None, files: Iterable[EnvUse], environment: Environment
    ) -> list[Signal]:
        """Return what names and selector variables say about a deployment.

        A leaf such as ``settings/local.py`` speaks for itself when another leaf is meant for the
        profile that the variables name.
        """
        files = [use for use in files if use.loader is None or self._speaks(use)]
        loaded = [use for use in files if use.loader is not None]
        loaded.sort(key=lambda use: use.profile != profiles.PRODUCTION)  # may shadow the others
        weaker = [self.env.candidates(use) for use in loaded]
        values = layers.values(layers.merged([environment, *weaker]))
        signals = profiles.selectors(values, self._branched(values))
        signals += [
            Signal(use.relative, use.profile)
            for use in files
            if use.profile not in {profiles.EXAMPLE, profiles.UNKNOWN}
        ]
        own = profile_of(leaf, self.root) if leaf else profiles.UNKNOWN
        if leaf is None or own == profiles.UNKNOWN:
            return signals
        others = {profile_of(one, self.root) for one in self.code.leaves if one != leaf}
        kept = [signal for signal in signals if signal.profile not in others]
        return [*kept, Signal(leaf.selected, own)]

    def _speaks(self, use: EnvUse) -> bool:
        """Say whether an env file that code loads tells what the deployment is for.

        ``.env.testing`` beside ``.env`` is loaded under a condition, most likely not this time.
        """
        if use.profile not in {profiles.DEVELOPMENT, profiles.TEST}:
            return True
        named = {paths.name_of(place) for one in self.code.named for place in one.places}
        return all(profiles.of_file(name) == use.profile for name in named)

    def _branched(self, values: Iterable[str]) -> list[str]:
        """Return the selector variables that the code mentions."""
        return [
            name
            for name in values
            if name.upper() in self.code.words and profiles.selectors({name: "production"})
        ]

    def conflict(
        self, signals: Iterable[Signal], files: Sequence[EnvUse], leaf: Leaf | None = None
    ) -> list[Observation]:
        """Return the observation that signals disagree, at the first line of the files."""
        found = profiles.conflict(signals)
        entries = [use.file.entries[0] for use in files if use.file.entries]
        if not found or not entries:
            return []
        words = [f"{signal.source} ({signal.profile})" for signal in found]
        label = self._label(leaf) if self.code.modules else files[0].relative
        return [Observation("profile-conflict", entries[0].location, label, {"signals": words})]

    def _label(self, leaf: Leaf | None) -> str:
        if leaf is None and len(self.code.modules) > 1:
            return paths.name_of(self.root)
        path = leaf.path if leaf else self.code.modules[0]
        relative = paths.relative(path, self.root)
        return f"{relative} {leaf.selected}" if leaf and leaf.kind == "flask" else relative

    def _alone(self, use: EnvUse) -> Deployment:
        """Return the deployment of one env file; a walked example stays one with ``--profile``."""
        found = self.env.candidates(use, layer="env-file")
        signals = profiles.selectors(layers.values(found))
        example = use.profile == profiles.EXAMPLE and (
            use.path not in self.explicit or self.options.profile == "auto"
        )
        signals.append(Signal(use.relative, use.profile))
        profile = profiles.chosen(self.options, [use.path], signals, example=example)
        told = [] if use.profile == profiles.EXAMPLE else signals
        return Deployment(
            use.relative,
            self.root,
            profile,
            (),
            layers.merged([self.given, found]),
            self.options.env_dialect,
            (),
            (
                *env_uses.observations([use], self.tracked),
                *self.conflict(told, [use]),
                *env_uses.compared([use], [] if use in self.env.examples else self.env.examples),
            ),
        )

    def of_image(self, image: "Image", name: str) -> Deployment:
        """Return the deployment of a Dockerfile that is judged by itself."""
        settings, seen = image.facts
        signals = profiles.selectors(layers.values(image.environment))
        named = profiles.of_file(name)
        return Deployment(
            name,
            self.root,
            profiles.chosen(self.options, [image.path], [*signals, Signal(name, named)]),
            (),
            layers.merged([self.given, image.environment]),
            self.options.env_dialect,
            settings,
            seen,
        )
