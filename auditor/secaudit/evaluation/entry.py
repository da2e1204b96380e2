"""Evaluates deployments: their modules in start-up order, then the functions nobody called."""

from secaudit import frameworks
from secaudit.discovery import Project
from secaudit.evaluation import expressions, statements
from secaudit.evaluation.bounds import OutOfBoundsError
from secaudit.evaluation.environment import Given, Reads
from secaudit.evaluation.gathering import gather, gather_keys
from secaudit.evaluation.modules import load_module
from secaudit.evaluation.order import graph_of, start_order
from secaudit.evaluation.runtime import Interpreter, Language
from secaudit.evaluation.sources import Sources
from secaudit.evaluation.unread import Asked, unread_keys
from secaudit.evaluation.values import Place
from secaudit.evaluation.world import ClosedWorld
from secaudit.facts import Facts, Observation, Setting, Unknown
from secaudit.finding import Problem
from secaudit.frameworks import watching
from secaudit.planning import paths
from secaudit.planning.deployment import Deployment
from secaudit.records import NamedTuple

_FILE = "secrets-dir"  # a mounted secret that code reads is shown under the code's name


class Evaluated(NamedTuple):
    """What one deployment's evaluation gives."""

    facts: Facts
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()  # env files that code loaded, absolute


class Outcome(NamedTuple):
    """What the evaluation of modules that belong together gives."""

    reads: Reads
    settings: tuple[Setting, ...]
    observations: tuple[Observation, ...]
    problems: tuple[Problem, ...]
    opened: dict[str, str]  # env files that code loaded: path -> dialect
    touched: dict[str, bool]
    in_process: set[str]
    exported: set[str]
    searched: bool
    environment: Given | None  # as the program leaves it; None when it changes nothing
    disturbed: Unknown | None  # why any variable may have another value


class Memory:
    """What is known of one project root: parsed files, and outcomes that fit again."""

    def __init__(self, project: Project, root: str) -> None:
        named = frozenset(file.path for one in project.roots for file in one.files)
        self.sources = Sources(root, named, project.read)
        self.groups: dict[tuple[str, ...], list[list[str]]] = {}
        self.outcomes: dict[tuple[object, ...], list[Outcome]] = {}


class Evaluator:
    """Evaluates the deployments of one audit; what several of them ask alike is computed once."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._memories: dict[str, Memory] = {}

    def memory(self, root: str) -> Memory:
        """Return what is known of a project root."""
        if root not in self._memories:
            self._memories[root] = Memory(self._project, root)
        return self._memories[root]

    def evaluate(self, deployment: Deployment) -> Evaluated:
        """Return the facts of one deployment."""
        return _evaluate(deployment, self.memory(deployment.root))


def _evaluate(deployment: Deployment, memory: Memory) -> Evaluated:
    told, noted = len(memory.sources.problems), len(memory.sources.notes)
    if deployment.modules:
        settings, observations, problems, opened = _evaluate_code(deployment, memory)
    else:
        world = _world(deployment, memory, deployment.environment)
        settings = gather_keys(_interpreter(world), deployment.name)
        observations, problems, opened = (), (), ()
    read = {
        one.location for setting in settings for one in setting.candidates if one.layer == _FILE
    }
    beside = (one for one in deployment.settings if one.location not in read)
    facts = Facts(
        deployment.name,
        deployment.profile,
        (*beside, *settings),
        (*deployment.observations, *observations),
    )
    fresh = tuple(memory.sources.problems[told:])
    notes = tuple(memory.sources.notes[noted:])
    return Evaluated(facts, (*problems, *fresh), notes, opened)


def _world(deployment: Deployment, memory: Memory, given: Given) -> ClosedWorld:
    return ClosedWorld(
        memory.sources, given, deployment.dialect, deployment.absent, deployment.mounted
    )


def _interpreter(world: ClosedWorld, dialect: str = "auto") -> Interpreter:
    language = Language(expressions.evaluate, statements.execute)
    return Interpreter(world, language, frameworks, watching, dialect)


def _evaluate_code(
    deployment: Deployment, memory: Memory
) -> tuple[tuple[Setting, ...], tuple[Observation, ...], tuple[Problem, ...], tuple[str, ...]]:
    """Evaluate the modules, and say which keys of the environment they leave unread.

    When a module cannot be read, nobody knows what it asks for: the variables that no other module
    reads are then settings by themselves, as they are without code.
    """
    outcomes, given = _outcomes(deployment, memory)
    asked = _asked(outcomes)
    left: tuple[Setting, ...] = ()
    unread: list[Observation] = []
    if any(memory.sources.module(path) is None for path in deployment.modules):
        rest = {name: found for name, found in given.items() if name not in asked.names}
        left = gather_keys(_interpreter(_world(deployment, memory, rest)), deployment.name)
    elif not any(outcome.searched for outcome in outcomes):
        unread = unread_keys(_world(deployment, memory, given), given, asked)
    return (
        (*(setting for outcome in outcomes for setting in outcome.settings), *left),
        (*(seen for outcome in outcomes for seen in outcome.observations), *unread),
        tuple(problem for outcome in outcomes for problem in outcome.problems),
        tuple(asked.opened),
    )


def _outcomes(deployment: Deployment, memory: Memory) -> tuple[list[Outcome], Given]:
    """Evaluate groups of modules, each only once for the same answers of the environment.

    Returns their outcomes, and the environment as the last of them leaves it.
    """
    given: Given = dict(deployment.environment)
    disturbed: Unknown | None = None
    outcomes: list[Outcome] = []
    for group in _groups(deployment, memory, given):
        key = (
            *(tuple(group), deployment.selected, deployment.dialect),
            *(deployment.absent, deployment.mounted, disturbed),
        )
        known = memory.outcomes.setdefault(key, [])
        outcome = next((one for one in known if one.reads.fits(given)), None)
        if outcome is None:
            outcome = _run(deployment, memory, group, given, disturbed)
            known.append(outcome)
        outcomes.append(outcome)
        if outcome.environment is not None:
            given, disturbed = outcome.environment, outcome.disturbed
    return outcomes, given


def _asked(outcomes: list[Outcome]) -> Asked:
    names: dict[str, bool] = {}
    for outcome in outcomes:
        for name, any_case in outcome.touched.items():
            names[name] = any_case or names.get(name, False)
    of_files = {name for one in outcomes for name in one.touched if name not in one.in_process}
    exported = {path for one in outcomes for path in one.exported}
    opened = {
        path: (dialect, path in exported)
        for outcome in outcomes
        for path, dialect in outcome.opened.items()
    }
    return Asked(names, frozenset(of_files), opened)


def _groups(deployment: Deployment, memory: Memory, given: Given) -> list[list[str]]:
    known = memory.groups.get(deployment.modules)
    if known is None:
        world = _world(deployment, memory, given)
        graph = graph_of(world, deployment.modules)
        order = start_order(world, deployment.modules, graph)
        known = memory.groups[deployment.modules] = graph.components(order, world)
    return known


def _run(
    deployment: Deployment,
    memory: Memory,
    group: list[str],
    given: Given,
    disturbed: Unknown | None,
) -> Outcome:
    """Evaluate modules that belong together."""
    world = _world(deployment, memory, given)
    interpreter = _interpreter(world, deployment.dialect)
    interpreter.selected = deployment.selected
    interpreter.environment.disturbed = disturbed
    try:
        for path in group:
            name = paths.dotted_name(path, deployment.root).removeprefix("src.")
            load_module(interpreter, path, name)
        if interpreter.functions:
            from secaudit.evaluation import uncalled  # noqa: PLC0415 - only code with functions

            uncalled.look_at_uncalled(interpreter)
        interpreter.grant()
        frameworks.finish(interpreter)
    except OutOfBoundsError:
        everything = interpreter.modules.values()
        interpreter.stopped += [Place(one.syntax, one.syntax.tree) for one in everything]
    settings = gather(interpreter, deployment.selected)
    watching.observe(interpreter, settings)
    environment = interpreter.environment
    return Outcome(
        Reads(environment, given),
        settings,
        tuple(interpreter.observations),
        tuple(_stopped(place) for place in interpreter.stopped),
        world.opened,
        environment.touched,
        environment.in_process,
        environment.exported,
        environment.searched,
        environment.all() if environment.changed else None,
        environment.disturbed,
    )


def _stopped(place: Place) -> Problem:
    location = place.location()
    message = "the evaluation reached its limit of steps here"
    return Problem(location.path, location.line, message)
