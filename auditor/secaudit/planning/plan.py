"""From a project to its deployments: which files belong together, and what each is for."""

from typing import TYPE_CHECKING

from secaudit import configuration
from secaudit.discovery import Project, Root, SourceFile
from secaudit.finding import Problem
from secaudit.options import Options
from secaudit.planning import paths
from secaudit.planning.codebase import Codebase
from secaudit.planning.deployment import Deployment
from secaudit.planning.reading import Reader
from secaudit.records import NamedTuple

if TYPE_CHECKING:
    from secaudit.planning.image import Image


_KEY_FILES = (".pem", ".key", ".p8", ".pk8", ".txt", "_rsa", "_ecdsa", "_ed25519")


class Plan(NamedTuple):
    """All deployments of all projects, and what could not be read on the way.

    ``named`` are env files that code names: each is judged by itself when no deployment opens it.
    """

    deployments: tuple[Deployment, ...]
    named: tuple[tuple[str, Deployment], ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]


def plan(project: Project, options: Options) -> Plan:
    """Decide the deployments: Compose services first, then the code by itself, then lone files."""
    reader = Reader(project)
    env = [file.path for root in project.roots for file in root.files if file.kind == "env"]
    codebases = [Codebase(root, env, reader, options) for root in project.roots]
    found: list[Deployment] = []
    named: list[tuple[str, Deployment]] = []
    consumed: set[str] = set()
    contained: set[str] = set()
    for root in project.roots:
        if _of_kind(root, "compose"):
            from secaudit.planning.containers import Containers  # noqa: PLC0415 - brings YAML

            containers = Containers(root, codebases, reader, options)
            found += containers.deployments()
            consumed |= containers.consumed
            contained |= containers.contained
    elsewhere = {use.path for codebase in codebases for use in codebase.env.loaded}
    for root, codebase in zip(project.roots, codebases, strict=True):
        built = _images(root, frozenset(consumed), reader)
        consumed |= {use.path for one in built for use in one.launched.env_files}
        image = built[0] if built and codebase.code.modules else None
        inside = codebase.root in contained
        declared = _declared(codebase, image)
        found += declared or codebase.direct(frozenset(consumed), image, contained=inside)
        found += codebase.alone(frozenset(consumed | elsewhere))
        named += codebase.named(frozenset(consumed))
        found += _keys(codebase, reader, options)
        found += _data(root, reader, options)
        rest = built[1:] if image and not inside else built
        found += [codebase.of_image(one, _name_of(one, codebase.root)) for one in rest]
    unread = configuration.passed_over((root.path for root in project.roots), options)
    return Plan(tuple(found), tuple(named), tuple(reader.problems), (*reader.notes, *unread))


def _of_kind(root: Root, *kinds: str) -> list[SourceFile]:
    return [file for file in root.files if file.kind in kinds]


def _declared(codebase: Codebase, image: "Image | None") -> list[Deployment]:
    """Return the deployments that the user declares for a project's code."""
    if not codebase.options.deployments:
        return []
    from secaudit.planning import declared  # noqa: PLC0415 - most runs declare none

    return declared.deployments(codebase, image)


def _images(root: Root, consumed: frozenset[str], reader: Reader) -> "list[Image]":
    """Return what starts the code: images that no Compose service builds, then processes.

    Of several Dockerfiles the one with the plainest name comes first.
    """
    found: list[Image] = []
    files = [file.path for file in _of_kind(root, "dockerfile") if file.path not in consumed]
    if files:
        from secaudit.planning.images import image_of  # noqa: PLC0415 - few projects need it
        from secaudit.syntax.dockerfile import parse  # noqa: PLC0415 - see above

        ordered = sorted(files, key=lambda one: (len(one), one))
        parsed = [reader.parse(path, parse) for path in ordered]
        found += [image_of(file) for file in parsed if file is not None]
    for file in _of_kind(root, "procfile", "unit"):
        from secaudit.planning import processes  # noqa: PLC0415 - see above

        found += processes.images(file, reader)
    return [one.started(root.path, reader) for one in found]


def _name_of(image: "Image", root: str) -> str:
    return f"{paths.relative(image.path, root)} {image.process}".rstrip()


def _keys(codebase: Codebase, reader: Reader, options: Options) -> list[Deployment]:
    """Return the deployments of key files that code opens and git tracks."""
    tracked = [path for path in codebase.tracked if path.endswith(_KEY_FILES)]
    if not tracked or not codebase.code.modules:
        return []
    from secaudit.planning import key_files  # noqa: PLC0415 - few repositories hold keys

    modules = codebase.code.modules
    return [*key_files.deployments(codebase.root, tracked, modules, reader, options)]


def _data(root: Root, reader: Reader, options: Options) -> list[Deployment]:
    """Return the deployments of configuration files without code."""
    formats = ("toml", "yaml", "json", "ini", "manifest")
    files = [(file.path, file.kind) for file in _of_kind(root, *formats)]
    found: list[Deployment] = []
    if files:
        from secaudit.planning import data_files  # noqa: PLC0415 - brings YAML and TOML

        found += data_files.deployments(root.path, files, reader, options)
    requirements = [file.path for file in _of_kind(root, "requirements")]
    if requirements:
        from secaudit.planning import packages  # noqa: PLC0415 - few projects need it

        found += packages.deployments(root.path, requirements, reader, options)
    return found
