"""``import`` statements: modules of the project are evaluated, libraries become symbols."""

import ast
from typing import Final

from secaudit.evaluation.access import module_attribute
from secaudit.evaluation.control import Frame
from secaudit.evaluation.modules import (
    import_module,
    relative_module,
)
from secaudit.evaluation.runtime import Interpreter, slot_of
from secaudit.evaluation.values import (
    External,
    Instance,
    ModuleData,
    Place,
    Value,
    plain,
    unknown,
)
from secaudit.facts import Unknown

_NAMESPACE: Final = "namespace"


def execute_import(interpreter: Interpreter, frame: Frame, node: ast.stmt) -> None:
    """Execute ``import a.b [as c]``."""
    assert isinstance(node, ast.Import)  # noqa: S101 - narrows the type for the dispatcher
    place = Place(frame.module.syntax, node)
    for alias in node.names:
        module = import_module(interpreter, frame.module, alias.name)
        top = alias.name.split(".", maxsplit=1)[0]
        if alias.asname is not None:
            bound: ModuleData | External = module or External(alias.name)
            frame.locals[alias.asname] = Value(bound, place)
        elif module is not None:
            first = import_module(interpreter, frame.module, top)
            namespace = first is None and module.name != top
            if namespace:
                _bind_namespace(interpreter, frame, alias.name, Value(module, place))
            else:
                frame.locals[top] = Value(first or module, place)
        else:
            frame.locals[top] = Value(External(top), place)


def _bind_namespace(interpreter: Interpreter, frame: Frame, name: str, module: Value) -> None:
    """Bind the folders without ``__init__.py`` that lead to a module, beside those before."""
    top, *names = name.split(".")
    known = frame.locals.get(top)
    holder = known.data if known is not None else None
    if not isinstance(holder, Instance) or holder.type_name != _NAMESPACE:
        holder = Instance(_NAMESPACE, None, interpreter.level)
        frame.locals[top] = Value(holder, module.place)
    for folder in names[:-1]:
        inner = holder.attributes.get(folder)
        if inner is None or not isinstance(inner.data, Instance):
            inner = Value(Instance(_NAMESPACE, None, interpreter.level), module.place)
            holder.attributes[folder] = inner
        holder = inner.data
    holder.attributes[names[-1]] = module


def execute_import_from(interpreter: Interpreter, frame: Frame, node: ast.stmt) -> None:
    """Execute ``from a import b``, also with dots and with a star."""
    assert isinstance(node, ast.ImportFrom)  # noqa: S101 - narrows the type for the dispatcher
    name = node.module or ""
    if node.level:
        module = relative_module(interpreter, frame.module, node.level, name)
    else:
        module = import_module(interpreter, frame.module, name)
    place = Place(frame.module.syntax, node)
    for alias in node.names:
        if alias.name == "*":
            _star(interpreter, frame, module, name)
            continue
        target = alias.asname or alias.name
        inside = None if module is not None else _inside(interpreter, frame, node, alias.name)
        frame.locals[target] = (
            _imported(interpreter, module, node, alias.name, place)
            if inside is None
            else Value(inside, place)
        )
        if frame.is_module():
            frame.module.imported.add(target)


def _inside(
    interpreter: Interpreter, frame: Frame, node: ast.ImportFrom, name: str
) -> ModuleData | None:
    """Return a module in a folder without ``__init__.py``, None when there is none."""
    full = f"{node.module}.{name}" if node.module else name
    if node.level:
        return relative_module(interpreter, frame.module, node.level, full)
    return import_module(interpreter, frame.module, full)


def _imported(
    interpreter: Interpreter,
    module: ModuleData | None,
    node: ast.ImportFrom,
    name: str,
    place: Place,
) -> Value:
    if module is None:
        if node.level:
            return unknown(f"{name} is imported from a module that was not found", place)
        return Value(External(f"{node.module}.{name}"), place)
    return module_attribute(interpreter, module, name, place)


def _star(interpreter: Interpreter, frame: Frame, module: ModuleData | None, name: str) -> None:
    if module is None:
        frame.module.rest = Unknown(f"everything of {name} is imported")
        return
    interpreter.star_imports.append((frame.module.path, module.path))
    exported = plain(module.namespace["__all__"]) if "__all__" in module.namespace else None
    for item, value in list(module.namespace.items()):
        listed = item in exported if isinstance(exported, list) else item[0] != "_"
        if listed:
            source = value.source or slot_of(module, item)
            frame.locals[item] = value._replace(source=source)
            if frame.is_module():
                frame.module.imported.add(item)
    if module.rest is not None and frame.module.rest is None:
        frame.module.rest = module.rest
