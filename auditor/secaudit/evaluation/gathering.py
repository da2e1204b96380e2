"""Walks the namespaces of an evaluation and names the settings in them."""

import re

from secaudit.evaluation.candidates import candidates_of
from secaudit.evaluation.collecting import OBJECTS, Collector
from secaudit.evaluation.ingredients import serves_a_setting
from secaudit.evaluation.judged import Named
from secaudit.evaluation.objects import add_settings_objects
from secaudit.evaluation.runtime import Interpreter, slot_of
from secaudit.evaluation.values import (
    ClassData,
    DictData,
    Instance,
    ModuleData,
    Slot,
    Value,
)
from secaudit.facts import Setting, Unknown
from secaudit.naming import SECRET_CONCEPTS, Meaning, meaning_of
from secaudit.patterns import lazy
from secaudit.provider_tokens import holds_token

_OTHER_PROFILE = lazy(r"^_*(Dev|Test|Local|CI|Debug)", re.IGNORECASE)
_FEW = 3  # texts that repeat their names, from which a class of them is no accident
_TEST_FILE = lazy(r"(^|/)(tests?/|test_[^/]*$|conftest\.py$|[^/]*_test\.py$)")


def gather(interpreter: Interpreter, selected: str = "") -> tuple[Setting, ...]:
    """Return every effective setting of an evaluation.

    Args:
        interpreter: the evaluation that ran.
        selected: a module or class whose final namespace holds the settings, where there is one.
    """
    collector = Collector(interpreter)
    add_settings_objects(interpreter, collector)
    final = _modules(interpreter, collector, selected)
    _classes(interpreter, collector, selected)
    for module in final:
        if _is_of_django(module):
            from secaudit.frameworks import django  # noqa: PLC0415 - see _is_of_django

            django.complete(interpreter, module, collector)
    for items in interpreter.flask_configs:
        _configuration(items, collector)
    for slot in interpreter.state.get("inert", ()):
        collector.mute(slot)
    for sink in interpreter.sinks:
        collector.use(sink)
    _remaining_reads(interpreter, collector)
    if interpreter.state.get("applications") and not any(
        sink.concept.startswith("cors.") for sink in interpreter.sinks
    ):
        from secaudit.frameworks import cors_unused  # noqa: PLC0415 - what is known of libraries

        cors_unused.mute(interpreter, collector)
    if any(holds_token(module.syntax.text) for module in _shown(interpreter)):
        from secaudit.evaluation import written_tokens  # noqa: PLC0415 - few modules hold any

        written_tokens.add_tokens(_shown(interpreter), collector)
    if interpreter.failures:
        from secaudit.evaluation import refusals  # noqa: PLC0415 - most programs start

        refusals.mark(interpreter, collector)
    return collector.finish()


def _is_test(path: str) -> bool:
    """Say whether a path below the project's root is a test's, whose settings run nowhere."""
    return ("test" in path) and _TEST_FILE.search(path) is not None


def _shown(interpreter: Interpreter) -> list[ModuleData]:
    """Return the modules that are no tests."""
    return [
        module
        for module in interpreter.modules.values()
        if not _is_test(module.path.removeprefix(interpreter.world.root))
    ]


def _is_of_django(module: ModuleData) -> bool:
    """Say whether Django reads its settings from a module."""
    if "INSTALLED_APPS" not in module.namespace and "MIDDLEWARE" not in module.namespace:
        return False
    from secaudit.frameworks import django  # noqa: PLC0415 - what is known of one library

    return django.is_settings_module(module)


def _modules(interpreter: Interpreter, collector: Collector, selected: str) -> list[ModuleData]:
    """Add the globals of all modules; returns those whose final namespace is the configuration."""
    modules = _shown(interpreter)
    final = [module for module in modules if _is_selected(module, selected)] or [
        module for module in modules if not selected and _is_of_django(module)
    ]
    merged = _merged(interpreter, {module.path for module in final})
    for module in modules:
        if module.path not in merged:
            _module(interpreter, module, collector, final=module in final)
    return final


def _is_selected(module: ModuleData, selected: str) -> bool:
    if not selected:
        return False
    tail = f".{module.name}"
    return (
        module.path == selected or tail.endswith(f".{selected}") or (f".{selected}".endswith(tail))
    )


def _merged(interpreter: Interpreter, final: set[str]) -> set[str]:
    """Return the modules whose names are all part of a final namespace."""
    merged: set[str] = set()
    frontier = set(final)
    while frontier:
        frontier = {
            imported
            for importer, imported in interpreter.star_imports
            if importer in frontier and imported not in merged and imported not in final
        }
        merged |= frontier
    return merged


def _configuration(items: DictData, collector: Collector) -> None:
    """Add what an application's configuration ends up with."""
    for name, value in items.items.items():
        own = Slot(id(items), name)
        slot = value.source or own
        listed = slot in collector.by_slot and slot.name == name
        if not listed and not isinstance(value.data, OBJECTS):
            bound = slot if slot.name == name else own
            collector.add_tree(bound, Named(name, value, "flask"))


def _module(
    interpreter: Interpreter, module: ModuleData, collector: Collector, *, final: bool
) -> None:
    server = _of_server(module, collector)
    for name, value in module.namespace.items():
        if name.startswith("_") or name in server or isinstance(value.data, OBJECTS):
            continue
        slot = slot_of(module, name)
        if module.path in interpreter.loaded_modules and _replaced(
            interpreter, module, name, value
        ):
            continue
        if _is_ingredient(interpreter, name, value):
            continue
        imported = name in module.imported
        if imported and not (final and name.isupper()):
            continue
        if name.isupper():
            origin = value.source if imported and value.source else slot
            shown = value if imported or not final else _replacing(interpreter, module, name, value)
            collector.add_tree(origin, Named(name, shown, module.path))
        else:
            _lower(slot, Named(name, value, module.path), collector)


def _replacing(interpreter: Interpreter, module: ModuleData, name: str, value: Value) -> Value:
    """Return a value of a final namespace, and behind it what a star-imported module gave."""
    for importer, imported in reversed(interpreter.star_imports):
        base = interpreter.modules.get(imported) if importer == module.path else None
        old = base.namespace.get(name) if base is not None else None
        if old is None or value.data is None or old.place is None:
            continue
        own = candidates_of(value, "assignment")
        places = {one.location for one in own}
        before = [one for one in candidates_of(old, "assignment") if one.location not in places]
        replaced = tuple(one._replace(layer="replaced") for one in before)
        return value._replace(candidates=(*own, *replaced))
    return value


def _is_ingredient(interpreter: Interpreter, name: str, value: Value) -> bool:
    """Say whether a text that is named like a secret only serves the setting it is a default of."""
    if not isinstance(value.data, str) or value.variables:
        return False
    meaning = meaning_of(name)
    secret = meaning is not None and meaning.concept in SECRET_CONCEPTS
    return secret and serves_a_setting(interpreter, name)


def _of_server(module: ModuleData, collector: Collector) -> set[str]:
    """Add the settings of a module that a server reads as its configuration; returns their names.

    They are in lower case, and only their server gives them a meaning.
    """
    file = module.path.rpartition("/")[2]
    if "bind" not in module.namespace and not file.startswith(("gunicorn", "hypercorn", "celery")):
        return set()
    from secaudit.frameworks import servers  # noqa: PLC0415 - few modules are a server's
    from secaudit.planning import server_files  # noqa: PLC0415 - see above

    service, concepts = server_files.settings_of(file, module.namespace)
    for name in [name for name in module.namespace if name in concepts]:
        meaning = Meaning(concepts[name], inverted=False, service=service)
        named = Named(name, servers.shown(module.namespace[name]), module.path)
        collector.add_meant(slot_of(module, name), named, meaning)
    return {*concepts}


def _lower(slot: Slot, named: Named, collector: Collector) -> None:
    """Add a name in lower case when it is read from outside or plainly a secret."""
    value = named.value
    if isinstance(value.data, Instance | DictData):
        return
    meaning = meaning_of(named.name)
    secret = meaning is not None and meaning.concept in SECRET_CONCEPTS
    if _from_outside(value) or (secret and isinstance(value.data, str)):
        collector.add(slot, named)
    else:
        collector.hidden[slot] = named


def _classes(interpreter: Interpreter, collector: Collector, selected: str) -> None:
    """Add what plain classes and their objects hold."""
    for cls in interpreter.classes:
        if cls.node not in interpreter.handled and not _lists_names(cls):
            _class(interpreter, cls, collector, selected)
    for instance in interpreter.objects:
        if instance.cls is not None:
            _attributes(instance, collector, instance.cls)


def _from_outside(value: Value) -> bool:
    """Say whether the environment or a configuration file gives a value."""
    return bool(value.variables) or any(one.layer == "config-file" for one in value.candidates)


def _lists_names(cls: ClassData) -> bool:
    """Say whether a class is an enumeration: by its base, its name, or texts that repeat theirs."""
    from secaudit.naming.tables import is_wording  # noqa: PLC0415 - few modules hold classes

    if any(name.startswith("enum.") for name in cls.externals()) or is_wording(cls.name):
        return True
    texts = {name: one.data for name, one in cls.namespace.items() if isinstance(one.data, str)}
    repeated = [name for name, text in texts.items() if _letters(name) == _letters(text)]
    return len(repeated) >= _FEW and 2 * len(repeated) >= len(texts)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).lower()


def _class(interpreter: Interpreter, cls: ClassData, collector: Collector, selected: str) -> None:
    """Add the attributes of a plain configuration class."""
    chosen = selected.rpartition(":")[2] == cls.name or cls in interpreter.loaded_classes
    if interpreter.loaded_classes and cls not in interpreter.loaded_classes:
        family = set(cls.lineage())
        used = any(family & set(loaded.lineage()) for loaded in interpreter.loaded_classes)
        if used or _is_configuration(cls):
            return  # the loaded class shows the final namespace
    if not chosen and _OTHER_PROFILE.match(cls.name):
        return
    names: dict[str, tuple[ClassData, Value]] = {}
    for ancestor in reversed(cls.lineage() if chosen else [cls]):
        names.update({name: (ancestor, value) for name, value in ancestor.namespace.items()})
    for name, (ancestor, value) in names.items():
        if name.startswith("_") or isinstance(value.data, OBJECTS):
            continue
        if cls in interpreter.loaded_classes and _replaced(interpreter, ancestor, name, value):
            continue
        if name.isupper() or _from_outside(value):
            collector.add_tree(slot_of(ancestor, name), Named(name, value, cls.name))
        elif isinstance(value.data, str | int | bool | float):
            collector.hidden[slot_of(ancestor, name)] = Named(name, value, cls.name)


def _replaced(interpreter: Interpreter, owner: object, name: str, value: Value) -> bool:
    """Say whether an application loads this name and later replaces its value."""
    slot = value.source or slot_of(owner, name)
    held = [config.items[name] for config in interpreter.flask_configs if name in config.items]
    return bool(held) and all(item.source != slot for item in held)


def _is_configuration(cls: ClassData) -> bool:
    return bool(re.search(r"config|settings", cls.name, re.IGNORECASE))


def _attributes(instance: Instance, collector: Collector, cls: ClassData) -> None:
    for name, value in instance.attributes.items():
        if name.startswith("_") or isinstance(value.data, (*OBJECTS, Instance)):
            continue
        if name.isupper() or _from_outside(value):
            collector.add_tree(slot_of(instance, name), Named(name, value, cls.name))


def _remaining_reads(interpreter: Interpreter, collector: Collector) -> None:
    """Add variables that code reads without giving them a name."""
    shown = {name for setting in collector.settings for name in setting.variables}
    shown |= interpreter.bound
    for name, value, _place in interpreter.reads:
        if name in shown or isinstance(value.data, Unknown):
            continue
        meaning = meaning_of(name)
        if meaning is not None or value.candidates:
            shown.add(name)
            collector.add_meant(None, Named(name, value, "environment"), meaning, text=True)


def gather_keys(interpreter: Interpreter, owner: str) -> tuple[Setting, ...]:
    """Return every variable of an environment that no code reads as a setting of its own."""
    collector = Collector(interpreter)
    for name in interpreter.environment.names():
        candidates = interpreter.environment.peek(name)
        value = Value(candidates[0].value, None, candidates, (name,))
        collector.add(None, Named(name, value, owner, "str"), text=True)
    return collector.finish()
