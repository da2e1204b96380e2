"""Evaluates one deployment: its modules in start-up order, then the functions nobody called."""

from typing import NamedTuple

from secaudit import frameworks
from secaudit.discovery import Project
from secaudit.evaluation.gathering import gather, gather_keys
from secaudit.evaluation.modules import load_module
from secaudit.evaluation.order import start_order
from secaudit.evaluation.runtime import Interpreter, OutOfBoundsError
from secaudit.evaluation.sources import Sources
from secaudit.evaluation.uncalled import look_at_uncalled
from secaudit.evaluation.unread import note_unread
from secaudit.evaluation.values import Place
from secaudit.evaluation.world import ClosedWorld
from secaudit.facts import Facts
from secaudit.finding import Problem
from secaudit.options import Options
from secaudit.planning.deployment import Deployment

_SOURCES: dict[str, tuple[Project, Sources]] = {}  # parsed files of the current run, by root


class Evaluated(NamedTuple):
    """What one deployment's evaluation gives."""

    facts: Facts
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()  # env files that code loaded, absolute


def sources_of(project: Project, root: str) -> Sources:
    """Return the parsed files of a project root; they are shared by its deployments."""
    known = _SOURCES.get(root)
    if known is None or known[0] is not project:
        named = frozenset(file.path for one in project.roots for file in one.files)
        known = _SOURCES[root] = (project, Sources(root, named, project.read))
    return known[1]


def evaluate(deployment: Deployment, project: Project, options: Options | None = None) -> Evaluated:
    """Return the facts of one deployment.

    ``options`` is not needed: what it says about deployments is in ``deployment`` already.
    """
    del options
    sources = sources_of(project, deployment.root)
    told = len(sources.problems)
    world = ClosedWorld(sources, deployment.environment, deployment.dialect, deployment.absent)
    interpreter = Interpreter(world, deployment.dialect)
    interpreter.selected = deployment.selected
    try:
        for path in start_order(world, deployment.modules):
            load_module(interpreter, path, _module_name(path, deployment.root))
        look_at_uncalled(interpreter)
        interpreter.grant()
        frameworks.finish(interpreter)
    except OutOfBoundsError:
        interpreter.stopped += [
            Place(m.syntax, m.syntax.tree) for m in interpreter.modules.values()
        ]
    problems = [_stopped(place) for place in interpreter.stopped]
    if deployment.modules:
        settings = gather(interpreter, deployment.selected)
    else:
        settings = gather_keys(interpreter, deployment.name)
    frameworks.observe(interpreter, settings)
    if deployment.modules:
        note_unread(interpreter, world)
    facts = Facts(
        deployment.name,
        deployment.profile,
        (*deployment.settings, *settings),
        (*deployment.observations, *interpreter.observations),
    )
    fresh = tuple(sources.problems[told:])
    return Evaluated(facts, (*problems, *fresh), (), tuple(world.opened))


def _stopped(place: Place) -> Problem:
    location = place.location()
    message = "the evaluation reached its limit of steps here"
    return Problem(location.path, location.line, message)


def _module_name(path: str, root: str) -> str:
    relative = path.removeprefix(root).strip("/").removesuffix(".py")
    return relative.removesuffix("/__init__").removeprefix("src/").replace("/", ".")
