"""One Compose service: its environment in layers, its image, and what it exposes."""

from collections.abc import Callable

from secaudit.facts import Observation, Setting, Unknown
from secaudit.location import Location
from secaudit.naming import SECRET_CONCEPTS, meaning_of
from secaudit.planning import commands, env_files, layers, paths, profiles
from secaudit.planning.compose.contents import contents, parts, places, read_through, secrets
from secaudit.planning.compose.merging import keyed, listed
from secaudit.planning.compose.ports import published
from secaudit.planning.compose.scope import Scope
from secaudit.planning.compose.stores import open_by_default, store_of, switched_off
from secaudit.planning.filesystem import Part
from secaudit.planning.images import secret_in_image
from secaudit.planning.layers import EnvFileUse, Environment
from secaudit.planning.reading import Reader
from secaudit.planning.settings import of_container
from secaudit.records import NamedTuple
from secaudit.syntax.text import Text
from secaudit.syntax.tree import Mapping, Node, Scalar, Sequence

_TRUE = frozenset({"true", "yes", "on", "1"})


class Service(NamedTuple):
    """What is known of one service before its image is looked at."""

    name: str
    location: Location  # of its key
    image: str
    context: str  # absolute build context, "" when it is not built
    dockerfile: str  # absolute, "" when it is not built
    target: str
    arguments: dict[str, str]
    command: tuple[Text, ...]
    replaces_command: bool
    folder: str  # ``working_dir``, "" when the image's counts
    environment: Environment
    written: frozenset[str]  # names under ``environment``; the others come from env files
    env_files: tuple[EnvFileUse, ...]
    files: tuple[Part, ...]  # mounted: volumes, secrets and configs
    secrets: tuple[Location, ...]  # of the texts of its secrets
    settings: tuple[Setting, ...]
    observations: tuple[Observation, ...]


class ServiceReader:
    """Reads the services of one group of Compose files."""

    def __init__(
        self,
        reader: Reader,
        scope: Scope,
        tables: dict[str, Mapping],
        allowed: Callable[[str], bool],
    ) -> None:
        self.reader = reader
        self.scope = scope
        self.tables = tables
        self.allowed = allowed

    def read(self, name: str, key: Scalar, node: Mapping) -> Service:
        """Return one service.

        Raises:
            AuditError: an interpolation that Compose refuses.
        """
        self.scope.woven.clear()
        uses = self._env_files(node.get("env_file"))
        written = node.get("environment")
        image = self._text(node.get("image"))
        command = self._command(node)
        context, dockerfile, target, arguments = self._build(node.get("build"))
        given = [*contents(node, self.tables, self.scope, self.reader)]
        environment = self._environment(node, uses)
        through = {} if context else read_through(environment, given)
        environment = layers.merged([environment, through])
        observations = [
            *self._published(name, image, node),
            *self._unprotected(name, key, image, environment, command),
            *self._file_observations(uses),
            *self._build_secrets(node.get("build")),
        ]
        return Service(
            name,
            key.location,
            image,
            context,
            dockerfile,
            target,
            arguments,
            command,
            node.get("command") is not None or node.get("entrypoint") is not None,
            self._text(node.get("working_dir")),
            environment,
            frozenset((*(keyed(written).items if written is not None else ()), *through)),
            tuple(uses),
            (*self._mounts(node.get("volumes")), *parts(given)),
            tuple(places(given)),
            (*self._settings(node), *secrets(given, environment), *self._woven()),
            tuple(observations),
        )

    # --- environment -------------------------------------------------------------------------

    def _environment(self, node: Mapping, uses: list[EnvFileUse]) -> Environment:
        """Return ``environment`` over the env files, of which the last is the strongest."""
        own: Environment = {}
        blocked: set[str] = set()
        written = node.get("environment")
        for name, (_, value) in (keyed(written).items if written is not None else {}).items():
            if not isinstance(value, Scalar):
                continue
            text = self.scope.passed(name) if value.value is None else self.scope.text(value)
            if text.value is None:
                blocked.add(name)  # Compose unsets it, whatever an env file says
            else:
                own[name] = text.candidates
        weaker: list[Environment] = []
        for use in uses:
            weaker.insert(0, self._file(use, own, weaker))
        merged = layers.merged([own, *weaker])
        return {name: found for name, found in merged.items() if name not in blocked}

    def _woven(self) -> list[Setting]:
        """Return the secrets that stand in longer texts, such as the password of a DSN.

        They are judged where they are written.
        """
        found = []
        for name in self.scope.woven:
            given, meaning = self.scope.variables.get(name, ()), meaning_of(name)
            place = given[0].location if given else None
            if place is not None and meaning is not None and meaning.concept in SECRET_CONCEPTS:
                value, kind = given[0].value, type(given[0].value).__name__
                found.append(
                    Setting(
                        *(name, meaning.concept, "", kind, value, given, place),
                        *((), None, (name,), meaning.service),
                    )
                )
        return found

    def _file(self, use: EnvFileUse, own: Environment, before: list[Environment]) -> Environment:
        file = self.reader.env_file(use.path, use.dialect)
        if file is None:
            return {}

        def lookup(name: str) -> str | Unknown | None:
            given = self.scope.lookup(name)
            if given is not None:
                return given
            for layer in (own, *before):
                if name in layer:
                    value = layer[name][0].value
                    return value if isinstance(value, Unknown) else str(value)
            return None

        return env_files.candidates(file, lookup)

    def _env_files(self, node: Node | None) -> list[EnvFileUse]:
        """Return the env files that exist; a missing one stops Compose, but not the audit."""
        uses = []
        for item in listed(node).items if node is not None else ():
            written = item.get("path") if isinstance(item, Mapping) else item
            form = item.get("format") if isinstance(item, Mapping) else None
            text = self._text(written)
            if not text or not isinstance(written, Scalar):
                continue
            path = paths.join(paths.folder_of(written.location.path), text)
            if self.allowed(path):
                raw = isinstance(form, Scalar) and form.value == "raw"
                uses.append(EnvFileUse(path, "docker" if raw else "compose", written.location))
        return uses

    def _file_observations(self, uses: list[EnvFileUse]) -> list[Observation]:
        seen: list[Observation] = []
        for use in uses:
            file = self.reader.env_file(use.path, use.dialect)
            seen += env_files.observe(file) if file else []
            if profiles.of_file(paths.name_of(use.path)) == profiles.EXAMPLE:
                detail = {"loader": "compose"}
                name = paths.name_of(use.path)
                seen.append(Observation("example-loaded", use.location, name, detail))
        return seen

    # --- the container -----------------------------------------------------------------------

    def _text(self, node: Node | None) -> str:
        value = self.scope.text(node).value if isinstance(node, Scalar) else None
        return value if isinstance(value, str) else ""

    def _build(self, node: Node | None) -> tuple[str, str, str, dict[str, str]]:
        if node is None:
            return "", "", "", {}
        base = paths.folder_of(node.location.path)
        parts = node if isinstance(node, Mapping) else None
        context = paths.join(base, self._text(parts.get("context") if parts else node) or ".")
        dockerfile = self._text(parts.get("dockerfile")) if parts else ""
        arguments = {}
        written = parts.get("args") if parts else None
        for name, (_, value) in (keyed(written).items if written is not None else {}).items():
            arguments[name] = self._text(value)
        target = self._text(parts.get("target")) if parts else ""
        return context, paths.join(context, dockerfile or "Dockerfile"), target, arguments

    @staticmethod
    def _build_secrets(node: Node | None) -> list[Observation]:
        """Return the literal secrets among the build arguments: the image's history keeps them."""
        written = node.get("args") if isinstance(node, Mapping) else None
        pairs = keyed(written).items.items() if written is not None else ()
        found = [
            secret_in_image(name, value.value, value.location, "ARG")
            for name, (_, value) in pairs
            if isinstance(value, Scalar) and isinstance(value.value, str)
        ]
        return [seen for seen in found if seen is not None]

    def _command(self, node: Mapping) -> tuple[Text, ...]:
        words: list[Text] = []
        for name in ("entrypoint", "command"):
            value = node.get(name)
            if isinstance(value, Sequence):
                words += [
                    Text(self._line(item), item.location)
                    for item in value.items
                    if isinstance(item, Scalar)
                ]
            elif isinstance(value, Scalar) and isinstance(value.value, str):
                words += commands.words_of(self._line(value), value.location)
        return tuple(words)

    def _line(self, node: Scalar) -> str:
        """Return a part of a command; as it is written when a variable it requires is not given."""
        text = self.scope.text(node).value
        return str(node.value) if isinstance(text, Unknown) else text or ""

    def _mounts(self, node: Node | None) -> list[Part]:
        """Return the host files and folders among the volumes."""
        found = []
        for item in node.items if isinstance(node, Sequence) else ():
            if isinstance(item, Mapping):
                host, place = self._text(item.get("source")), self._text(item.get("target"))
            else:
                host, place = [*self._text(item).split(":"), ""][:2]
            if host.startswith((".", "/")):
                folder = paths.folder_of(item.location.path)
                found.append(Part(place or host, paths.join(folder, host)))
        return found

    def _settings(self, node: Mapping) -> list[Setting]:
        found = []
        privileged, user = node.get("privileged"), node.get("user")
        if isinstance(privileged, Scalar):
            value = self._text(privileged).lower() in _TRUE
            found.append(of_container("privileged", "container.privileged", value, privileged))
        if isinstance(user, Scalar) and (text := self._text(user)):
            name = text.split(":")[0]
            value_of_user = "" if name in {"root", "0"} else name
            found.append(of_container("user", "container.user", value_of_user, user))
        return found

    def _published(self, name: str, image: str, node: Mapping) -> list[Observation]:
        return [
            Observation(
                "port-published",
                port.location,
                name,
                {"service": name, "image": image, "address": port.address, "port": port.port},
            )
            for port in published(node.get("ports"), self.scope)
        ]

    @staticmethod
    def _unprotected(
        name: str, key: Scalar, image: str, environment: Environment, command: tuple[Text, ...]
    ) -> list[Observation]:
        store = store_of(image)
        line = " ".join(word.value for word in command)
        values = layers.values(environment)
        switch = switched_off(values) if store else ""
        if not switch and not (store and open_by_default(store, values, line)):
            return []
        written = environment[switch][0].location if switch else None
        detail = {"service": name, "image": image, "told": bool(switch)}
        return [Observation("store-without-auth", written or key.location, name, detail)]
