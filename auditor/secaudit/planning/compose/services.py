"""One Compose service: its environment in layers, its image, and what it exposes."""

from secaudit.facts import Observation, Setting, Unknown
from secaudit.location import Location
from secaudit.planning import commands, layers, paths
from secaudit.planning.compose import variables
from secaudit.planning.compose.contents import contents, parts, places, read_through, secrets
from secaudit.planning.compose.merging import keyed
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

    def __init__(self, reader: Reader, scope: Scope, tables: dict[str, Mapping]) -> None:
        self.reader = reader
        self.scope = scope
        self.tables = tables

    def read(self, name: str, key: Scalar, node: Mapping) -> Service:
        """Return one service.

        Raises:
            AuditError: an interpolation that Compose refuses.
        """
        self.scope.woven.clear()
        uses = variables.env_files_of(node.get("env_file"), self.scope, self.reader)
        written = node.get("environment")
        image = self.scope.plain(node.get("image"))
        command = self._command(node)
        context, dockerfile, target, arguments = self._build(node.get("build"))
        given = [*contents(node, self.tables, self.scope, self.reader)]
        environment = variables.environment_of(written, uses, self.scope, self.reader)
        through = {} if context else read_through(environment, given)
        environment = layers.merged([environment, through])
        observations = [
            *self._published(name, image, node),
            *self._unprotected(name, key, image, environment, command),
            *variables.observed(uses, self.reader),
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
            self.scope.plain(node.get("working_dir")),
            environment,
            frozenset((*(keyed(written).items if written is not None else ()), *through)),
            tuple(uses),
            (*self._mounts(node.get("volumes")), *parts(given)),
            tuple(places(given)),
            (*self._settings(node), *secrets(given, environment), *variables.woven(self.scope)),
            tuple(observations),
        )

    def _build(self, node: Node | None) -> tuple[str, str, str, dict[str, str]]:
        """Return what ``build`` says: context, Dockerfile, target and arguments."""
        if node is None:
            return "", "", "", {}
        base = paths.folder_of(node.location.path)
        parts = node if isinstance(node, Mapping) else None
        context = paths.join(base, self.scope.plain(parts.get("context") if parts else node) or ".")
        dockerfile = self.scope.plain(parts.get("dockerfile")) if parts else ""
        arguments = {}
        written = parts.get("args") if parts else None
        for name, (_, value) in (keyed(written).items if written is not None else {}).items():
            arguments[name] = self.scope.plain(value)
        target = self.scope.plain(parts.get("target")) if parts else ""
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
                host, place = (self.scope.plain(item.get(name)) for name in ("source", "target"))
            else:
                host, place = [*self.scope.plain(item).split(":"), ""][:2]
            if host.startswith((".", "/")):
                folder = paths.folder_of(item.location.path)
                found.append(Part(place or host, paths.join(folder, host)))
        return found

    def _settings(self, node: Mapping) -> list[Setting]:
        found = []
        privileged, user = node.get("privileged"), node.get("user")
        if isinstance(privileged, Scalar):
            value = self.scope.plain(privileged).lower() in _TRUE
            found.append(of_container("privileged", "container.privileged", value, privileged))
        if isinstance(user, Scalar) and (text := self.scope.plain(user)):
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
