"""Deployments of containers: each Compose service, and Dockerfiles that no service builds."""

from collections.abc import Iterable, Sequence

from secaudit.discovery import Root
from secaudit.errors import AuditError
from secaudit.facts import Observation, Setting
from secaudit.options import Options
from secaudit.planning import (
    commands,
    env_files,
    env_uses,
    git_index,
    images,
    layers,
    paths,
    profiles,
)
from secaudit.planning.codebase import Codebase
from secaudit.planning.compose.files import Group, Loader, Services, groups, profile_of
from secaudit.planning.compose.scope import Scope
from secaudit.planning.compose.services import Service, ServiceReader
from secaudit.planning.container_view import (
    filesystem,
    leaves_of,
    read_by_image,
    runs,
    secrets_beside,
    settings_of,
    visible_files,
)
from secaudit.planning.deployment import Deployment
from secaudit.planning.env_uses import EnvUse
from secaudit.planning.filesystem import Part
from secaudit.planning.image import Image
from secaudit.planning.launch import debugging, launched
from secaudit.planning.layers import EnvFileUse, Environment, Launched
from secaudit.planning.leaves import Leaf
from secaudit.planning.profiles import Signal
from secaudit.planning.reading import Reader
from secaudit.records import NamedTuple
from secaudit.syntax import dockerfile
from secaudit.syntax.text import Text


class Containers:
    """The containers of one project folder; they may run the code of several projects."""

    def __init__(
        self, root: Root, codebases: Sequence[Codebase], reader: Reader, options: Options
    ) -> None:
        self.root = root.path
        self.codebases = codebases
        self.reader = reader
        self.options = options
        self.consumed: set[str] = set()  # env files and Dockerfiles that Compose uses
        self.tracked = git_index.tracked(self.root)
        self.contained: set[str] = set()  # roots whose code a service runs
        self._files = [file.path for file in root.files if file.kind == "compose"]

    def deployments(self) -> list[Deployment]:
        """Return one deployment for each service of each group of Compose files."""
        loader = Loader(self.reader)
        found: list[Deployment] = []
        for group in groups(self._files, loader.services_of):
            services = loader.load(group.files)
            scope = Scope(self._variables(services))
            read = [*self._services(services, scope)]
            self._consume_interpolated(services, scope)
            built = {service.image: service for service in read if service.context}
            for service in read:
                found += self._service(service, built.get(service.image), group)
        return found

    def _services(self, services: Services, scope: Scope) -> Iterable[Service]:
        reader = ServiceReader(self.reader, scope, services.tables)
        for name, (key, node) in services.items.items():
            try:
                yield reader.read(name, key, node)
            except AuditError as error:
                self.reader.problem(error.path, error.line, error.message)

    def _variables(self, services: Services) -> Environment:
        """Return what interpolation sees: ``--env`` as the shell, then each folder's ``.env``."""
        found = [layers.given(self.options.env)]
        for folder in services.folders:
            path = paths.join(folder, ".env")
            file = self.reader.env_file(path, "compose") if self.reader.allowed(path) else None
            if file is not None:
                found.append(env_files.candidates(file, lambda _: None))
        return layers.merged(found)

    def _consume_interpolated(self, services: Services, scope: Scope) -> None:
        """Note the ``.env`` files of which interpolation used a variable."""
        for folder in services.folders:
            path = paths.join(folder, ".env")
            for name in scope.used:
                if any(
                    one.location and one.location.path == path
                    for one in scope.variables.get(name, ())
                ):
                    self.consumed.add(path)

    def _service(self, service: Service, built: Service | None, group: Group) -> list[Deployment]:
        """Return the deployments of one service: one for each leaf of the code that it runs."""
        source = service if service.context or built is None else built
        image = self._image(source)
        words = service.command if service.replaces_command or image is None else image.command
        own = layers.merged([service.environment, *([image.environment] if image else [])])
        start = launched(words, filesystem(service, image, source.context), own, self.reader)
        env_files = (*service.env_files, *start.env_files)
        self.consumed.update(use.path for use in env_files)
        shared = _Shared(
            f"{' + '.join(paths.relative(path, self.root) for path in group.files)} {service.name}",
            layers.merged([layers.given(self.options.env), start.strong, own, start.weak]),
            [*self._file_signals(group), *self._launch_signals(start)],
            settings_of(service, image, start.words),
            (
                *service.observations,
                *self._observed(start),
                *self._of_files(service, env_files),
                *_observations(image),
            ),
            env_files,
            group.files,
            service.files,
        )
        codebase, modules = self._code(source, start.words, shared.environment)
        if codebase is None:
            if any(one.code.modules for one in self.codebases):
                shared = shared._replace(environment=read_by_image(service, shared.environment))
            empty = not (shared.environment or shared.settings or shared.observations)
            return [] if empty else [self._plain(shared)]
        beside = (
            *secrets_beside(codebase, service, shared.environment),
            *debugging(start.words, shared.environment),
        )
        shared = shared._replace(settings=(*shared.settings, *beside))
        if commands.runs_gunicorn(words):
            environment = layers.merged([codebase.served, shared.environment])
            shared = shared._replace(environment=environment)
        self.contained.add(codebase.root)
        visible = visible_files(self.reader, codebase, service, image, source.context)
        leaves = leaves_of(codebase, shared.environment, shared.signals)
        return [self._runs(shared, codebase, modules, leaf, visible) for leaf in leaves]

    def _of_files(self, service: Service, uses: Iterable[EnvFileUse]) -> list[Observation]:
        """Return what modes and git's index say about the env files and secrets of a service."""
        seen: list[Observation] = []
        for use in uses:
            file = self.reader.env_file(use.path, use.dialect)
            if file is not None and profiles.of_file(paths.name_of(use.path)) != profiles.EXAMPLE:
                seen += env_files.permissions(use.path, file)
                seen += env_files.in_git(file, self.tracked)
        for place in service.secrets:
            if place.path in self.tracked:
                seen.append(Observation("file-tracked", place, paths.name_of(place.path), {}))
        return seen

    def _observed(self, start: Launched) -> list[Observation]:
        """Return what the env files that a command loads show by themselves."""
        files = [self.reader.env_file(use.path, use.dialect) for use in start.env_files]
        return [seen for file in files if file is not None for seen in env_files.observe(file)]

    def _launch_signals(self, start: Launched) -> list[Signal]:
        names = [paths.relative(use.path, self.root) for use in start.env_files]
        signals = [Signal(name, profiles.of_file(name)) for name in names]
        return [one for one in signals if one.profile not in {profiles.UNKNOWN, profiles.EXAMPLE}]

    def _file_signals(self, group: Group) -> list[Signal]:
        profile = profile_of(group, self.root)
        if profile in {profiles.UNKNOWN, profiles.EXAMPLE}:
            return []
        return [Signal(paths.relative(group.files[-1], self.root), profile)]

    def _image(self, service: Service) -> Image | None:
        """Return what the Dockerfile of a service gives it."""
        if not service.dockerfile or not self.reader.allowed(service.dockerfile):
            return None
        self.consumed.add(service.dockerfile)
        file = self.reader.parse(service.dockerfile, dockerfile.parse)
        return images.image_of(file, service.target, service.arguments) if file else None

    def _code(
        self, service: Service, words: tuple[Text, ...], environment: Environment
    ) -> tuple[Codebase | None, tuple[str, ...]]:
        """Return the code a service runs and its modules.

        It is in the build context or mounted, or else the service tells that it runs it.
        """
        places = [service.context] if service.context else []
        if commands.runs_code(words):
            places += [part.source for part in service.files if part.source]
        for place in places:
            prefix = place.rstrip("/") + "/"
            for codebase in sorted(self.codebases, key=lambda one: len(one.root)):
                inside = [path for path in codebase.code.modules if path.startswith(prefix)]
                if inside:
                    return codebase, tuple(inside)
        for codebase in self.codebases:  # an image that was built elsewhere
            if not service.context and runs(codebase, service, words, environment):
                return codebase, codebase.code.modules
        return None, ()

    def _plain(self, shared: "_Shared") -> Deployment:
        """Return a service that runs no code of the project: its variables are its settings."""
        values = layers.values(shared.environment)
        signals = [*profiles.selectors(values), *shared.signals]
        return Deployment(
            shared.name,
            self.root,
            profiles.chosen(self.options, shared.files, signals),
            (),
            shared.environment,
            self.options.env_dialect,
            shared.settings,
            shared.observations,
        )

    def _runs(
        self,
        shared: "_Shared",
        codebase: Codebase,
        modules: tuple[str, ...],
        leaf: Leaf | None,
        visible: list[EnvUse],
    ) -> Deployment:
        """Return a service that runs the code with one of its leaves."""
        signals = [*codebase.signals(leaf, visible, shared.environment), *shared.signals]
        absent = [use.path for use in codebase.env.loaded if use not in visible]
        wanted = [path for path in codebase.modules(leaf) if path in modules]
        conflict = codebase.conflict(signals, visible, leaf)
        seen = env_uses.observations(visible, codebase.tracked)
        seen += self._differences(shared, codebase)
        suffix = f" ({leaf.selected})" if leaf else ""
        return Deployment(
            f"{shared.name}{suffix}",
            codebase.root,
            profiles.chosen(self.options, shared.files, signals),
            tuple(wanted),
            shared.environment,
            self.options.env_dialect,
            shared.settings,
            (*shared.observations, *conflict, *seen),
            leaf.selected if leaf else "",
            tuple(absent),
            shared.mounted,
        )

    def _differences(self, shared: "_Shared", codebase: Codebase) -> list[Observation]:
        """Return the lines that Compose reads otherwise than the code's own loader."""
        seen: list[Observation] = []
        for use in codebase.env.loaded:
            for given in shared.env_files:
                file = self.reader.env_file(given.path, given.dialect)
                if given.path == use.path and file is not None and not file.failure:
                    seen += env_files.differences(use.file, file)
        return seen


def _observations(image: Image | None) -> tuple[Observation, ...]:
    return image.observations if image else ()


class _Shared(NamedTuple):
    """What all deployments of one service have in common."""

    name: str
    environment: Environment
    signals: list[Signal]
    settings: tuple[Setting, ...]
    observations: tuple[Observation, ...]
    env_files: tuple[EnvFileUse, ...]
    files: tuple[str, ...]
    mounted: tuple[Part, ...]
