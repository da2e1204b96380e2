"""Selectors that choose an environment, and guards that refuse to start."""

import ast
from collections.abc import Iterator
from typing import Final

from secaudit.evaluation import operators
from secaudit.evaluation.control import Frame
from secaudit.evaluation.runtime import LOOKING, Call, Interpreter
from secaudit.evaluation.values import ClassData, FunctionData, Place, Value, plain
from secaudit.facts import Setting, Unknown
from secaudit.naming import SECRET_CONCEPTS, meaning_of
from secaudit.patterns import lazy
from secaudit.records import NamedTuple

_DEVELOPMENT: Final = frozenset(
    ("dev", "develop", "development", "local", "localhost", "debug", "test", "testing", "ci")
)
_DEVELOPMENT_NAME: Final = lazy(  # of a class, or of a module
    r"^(?:Dev|Development|Test|Testing|Local|Debug)(?:Config|Configuration|Settings)$"
    r"|^(?:Config|Settings)(?:Dev|Development|Test|Testing|Local)$"
    r"|^(?:dev|develop|development|local|test|testing)(?:_settings|_config)?$"
    r"|^(?:settings|config)_(?:dev|develop|development|local|test|testing)$"
)
_DEVELOPMENT_CLASS: Final = ("dev", "test", "local", "debug")
_OPEN: Final = "selector-fails-open"
_UNCALLED: Final = "nothing calls the function that it stands in"
_BEHIND: Final = "it stands behind a return and never runs"


class Guard(NamedTuple):
    """One ``if`` with a ``raise`` inside, and how its condition turned out."""

    place: Place  # of the condition
    names: tuple[str, ...]  # that the condition and those inside it test
    decided: bool | None
    unseen: str = ""  # why it does not look at a default at all, "" where it does


def note_if(interpreter: Interpreter, frame: Frame, node: ast.If, condition: Value) -> None:
    """Remember a guard; it is judged when all settings are known."""
    known: dict[int, tuple[str, ...] | None] = interpreter.state.setdefault("guarded", {})
    if id(node) not in known:
        known[id(node)] = _guarded(node)
    names = known[id(node)]
    if names is not None:
        place = Place(frame.module.syntax, node.test)
        decided, why = operators.truth(condition), ""
        if decided and interpreter.level >= LOOKING and frame.owner is None:
            decided, why = False, _UNCALLED  # judged when all code is known
        interpreter.guards.append(Guard(place, names, decided, why))


def note_dead(interpreter: Interpreter, function: FunctionData) -> None:
    """Remember guards of a function that stand behind its ``return``."""
    reached = True
    for node in getattr(function.node, "body", []):
        names = _guarded(node) if isinstance(node, ast.If) and not reached else None
        if names is not None:
            place = Place(function.frame.module.syntax, node.test)
            interpreter.guards.append(Guard(place, names, decided=False, unseen=_BEHIND))
        reached = reached and not isinstance(node, ast.Return)


def note_assert(
    interpreter: Interpreter, frame: Frame, node: ast.Assert, *, holds: bool | None, runs: bool
) -> None:
    """Remember an ``assert`` as the guard it is, or would be."""
    decided = None if holds is None else not holds
    place, names = Place(frame.module.syntax, node.test), tuple(dict.fromkeys(_names(node.test)))
    why = "" if runs else "PYTHONOPTIMIZE removes it"
    interpreter.guards.append(Guard(place, names, decided if runs else False, why))


def _guarded(node: ast.If) -> tuple[str, ...] | None:
    """Return the names that a condition tests with those inside it, None without a ``raise``."""
    inside = list(_inside(node.body))
    if not any(isinstance(inner, ast.Raise) or _exits(inner) for inner in inside):
        return None
    tests = [node.test, *(inner.test for inner in inside if isinstance(inner, ast.If))]
    return tuple(dict.fromkeys(name for test in tests for name in _names(test)))


def _exits(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) in {"sys.exit", "exit", "quit"}


def note_match(interpreter: Interpreter, subject: Value) -> None:
    """Remember the variables that a ``match`` tests."""
    interpreter.tested.update(subject.variables)


def note_fallback(
    interpreter: Interpreter, frame: Frame, body: list[ast.stmt], chosen_by: Value
) -> None:
    """Note development settings that an absent or unknown name of the environment chooses."""
    selector = next((name for name in chosen_by.variables if _is_selector(name)), "")
    given = interpreter.environment.peek(selector)
    wanted = bool(given) and str(given[0].value).lower() in _DEVELOPMENT
    chosen = next(_development(body), None) if selector and not wanted else None
    if chosen is not None:
        place = Place(frame.module.syntax, chosen[1])
        interpreter.fallbacks.append((selector, chosen[0], place, not given))


def _is_selector(name: str) -> bool:
    meaning = meaning_of(name)
    return meaning is not None and meaning.concept == "environment"


def _is_debug(name: str) -> bool:
    meaning = meaning_of(name)
    return meaning is not None and meaning.concept == "debug.enabled" and not meaning.inverted


def _development(body: list[ast.stmt]) -> Iterator[tuple[str, ast.AST]]:
    """Yield the classes and modules of development settings that statements name, or debug mode."""
    for node in _inside(body):
        if isinstance(node, ast.Assign) and getattr(node.value, "value", None) is True:
            targets = (target for target in node.targets if isinstance(target, ast.Name))
            yield from ((target.id, node) for target in targets if _is_debug(target.id))
        names = [getattr(node, "id", ""), getattr(node, "attr", "")]
        if isinstance(node, ast.ImportFrom):
            names = [(node.module or "").rpartition(".")[2], *(one.name for one in node.names)]
        for name in names:
            if _DEVELOPMENT_NAME.search(name):
                yield name, node


def _inside(body: list[ast.stmt]) -> Iterator[ast.AST]:
    for statement in body:
        yield from ast.walk(statement)


def _names(test: ast.AST) -> list[str]:
    """Return the names that a condition mentions: ``self.secret_key`` -> ``secret_key``."""
    names: list[str] = []
    for node in ast.walk(test):
        if isinstance(node, ast.Attribute):
            names.append(node.attr)
        elif isinstance(node, ast.Name):
            names.append(node.id)
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            names.append(str(node.slice.value))
    return names


def observe(interpreter: Interpreter, settings: tuple[Setting, ...]) -> None:
    """Note selectors that fail open and guards that let a default pass."""
    for setting in settings:
        if _falls_open(interpreter, setting):
            default = setting.candidates[0].value
            detail = {"selector": setting.variables[0], "default": default, "absent": True}
            interpreter.observe(_OPEN, setting.location, setting.name, **detail)
    noted = {seen.detail["selector"] for seen in interpreter.observations if seen.kind == _OPEN}
    for name, value, place in interpreter.reads:
        if (
            name not in noted
            and _is_selector(name)
            and _defaults_to_development(interpreter, value)
        ):
            detail = {"selector": name, "default": value.data, "absent": True}
            interpreter.observe(_OPEN, place.location(), name, **detail)
    for selector, chosen, place, absent in interpreter.fallbacks:
        if selector not in noted:
            detail = {"selector": selector, "default": chosen, "absent": absent}
            interpreter.observe(_OPEN, place.location(), chosen, **detail)
    unseen = {id(guard.place.node) for guard in interpreter.guards if guard.unseen}
    for guard in interpreter.guards:
        if guard.unseen == _UNCALLED and not _is_forgotten(interpreter, guard.place):
            continue
        if guard.unseen or id(guard.place.node) not in unseen:
            _judge(interpreter, guard, settings)


def _is_forgotten(interpreter: Interpreter, place: Place) -> bool:
    """Say whether a guard is in a function of a module that others import, named nowhere else."""
    around = [
        node
        for node in place.module.tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and any(inner is place.node for inner in ast.walk(node))
    ]
    modules = [module.syntax for module in interpreter.modules.values()]
    if len(modules) == 1 or not around or around[0].decorator_list:
        return False
    name = around[0].name
    return not any(
        name in {getattr(node, "id", ""), getattr(node, "attr", "")}
        or (isinstance(node, ast.alias) and name == node.name)
        or (isinstance(node, ast.Constant) and name in str(node.value))
        for module in modules
        if name in module.text
        for node in ast.walk(module.tree)
    )


def _falls_open(interpreter: Interpreter, setting: Setting) -> bool:
    """Say whether a selector that the code tests is development because nobody gave it."""
    if setting.concept != "environment" or not set(setting.variables) & interpreter.tested:
        return False
    return _is_default(setting) and is_development(setting)


def _defaults_to_development(interpreter: Interpreter, value: Value) -> bool:
    """Say whether one of several reads of a selector takes development for its absence."""
    first = value.candidates[0] if value.candidates else None
    fallback = first is not None and first.layer in {"default", "assignment"}
    tested = not interpreter.tested.isdisjoint(value.variables)
    return fallback and tested and str(plain(value)).lower() in _DEVELOPMENT


def is_development(setting: Setting) -> bool:
    """Say whether a selector's value names a development environment."""
    return str(setting.program_value).lower() in _DEVELOPMENT


def _is_default(setting: Setting) -> bool:
    return bool(setting.candidates) and setting.candidates[0].layer in {"default", "assignment"}


def _judge(interpreter: Interpreter, guard: Guard, settings: tuple[Setting, ...]) -> None:
    """Note a guard that does not fire for a secret that stands in the code."""
    if guard.decided is not False:
        return
    tested = [s for s in settings if s.name.rpartition(".")[2] in guard.names]
    secrets = [s for s in tested if _written_secret(s)]
    if not secrets:
        return
    selectors = [s for s in tested if s.concept == "environment" and is_development(s)]
    if any(not _is_default(selector) for selector in selectors):
        return  # somebody said that this is development
    how = guard.unseen or "its own default passes"
    if selectors and not guard.unseen:
        how = f"it does not run unless {selectors[0].name} is set"
    interpreter.observe(
        "guard",
        guard.place.location(),
        secrets[0].name,
        selector=selectors[0].name if selectors else "",
        fires=False,
        defeated_by=how,
        subject=secrets[0].name,
    )


def _written_secret(setting: Setting) -> bool:
    """Say whether the effective secret is a text in the code."""
    if setting.concept not in SECRET_CONCEPTS or isinstance(setting.value, Unknown):
        return False
    return _is_default(setting) and setting.candidates[0].literal and bool(setting.value)


def choose_class(call: Call, default: Value, *, known: bool) -> None:
    """Remember ``configurations.get(name, DevelopmentConfig)``; ``known`` names have a class."""
    key = call.argument(0, "key")
    if key is None or not isinstance(default.data, ClassData) or not key.variables:
        return
    given = bool(key.candidates) and key.candidates[0].layer not in {"default", "assignment"}
    if known and given:
        return  # this deployment names a class that there is
    if default.data.name.lower().startswith(_DEVELOPMENT_CLASS):
        absent = not given and not known
        choice = (key.variables[0], default.data.name, call.place, absent)
        call.interpreter.fallbacks.append(choice)
