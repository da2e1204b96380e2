"""From a project to its deployments: which files belong together, and what each is for."""

from typing import NamedTuple

from secaudit.discovery import Project, Root
from secaudit.finding import Problem
from secaudit.options import Options
from secaudit.planning import data_files, images, paths
from secaudit.planning.codebase import Codebase
from secaudit.planning.containers import Containers
from secaudit.planning.deployment import Deployment
from secaudit.planning.images import Image
from secaudit.planning.reading import Reader
from secaudit.syntax import dockerfile

_DATA = frozenset({"toml", "yaml", "json", "ini"})


class Plan(NamedTuple):
    """All deployments of all projects, and what could not be read on the way."""

    deployments: tuple[Deployment, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]


def plan(project: Project, options: Options) -> Plan:
    """Decide the deployments: Compose services first, then the code by itself, then lone files."""
    reader = Reader(project)
    env = [file.path for root in project.roots for file in root.files if file.kind == "env"]
    codebases = [Codebase(root, env, reader, options) for root in project.roots]
    found: list[Deployment] = []
    consumed: set[str] = set()
    contained: set[str] = set()
    for root in project.roots:
        containers = Containers(root, codebases, reader, options)
        found += containers.deployments()
        consumed |= containers.consumed
        contained |= containers.contained
    elsewhere = {use.path for codebase in codebases for use in codebase.env.loaded}
    for root, codebase in zip(project.roots, codebases, strict=True):
        built = _images(root, frozenset(consumed), reader)
        image = built[0] if built and codebase.code.modules else None
        inside = codebase.root in contained
        found += codebase.direct(frozenset(consumed), image, contained=inside)
        found += codebase.alone(frozenset(consumed | elsewhere))
        data = [(file.path, file.kind) for file in root.files if file.kind in _DATA]
        found += data_files.deployments(root.path, data, reader, options)
        rest = built[1:] if image and not inside else built
        found += [codebase.of_image(one, paths.relative(one.path, codebase.root)) for one in rest]
    return Plan(tuple(found), tuple(reader.problems), tuple(reader.notes))


def _images(root: Root, consumed: frozenset[str], reader: Reader) -> list[Image]:
    """Return the images of Dockerfiles that no Compose service builds, the plainest name first."""
    files = [file.path for file in root.files if file.kind == "dockerfile"]
    wanted = sorted(
        (path for path in files if path not in consumed), key=lambda one: (len(one), one)
    )
    parsed = [reader.parse(path, dockerfile.parse) for path in wanted]
    return [images.image_of(file) for file in parsed if file is not None]
