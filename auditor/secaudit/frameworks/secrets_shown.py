"""Secrets that a program prints, logs or makes anew at each start."""

import ast

from secaudit.evaluation.expressions import evaluate
from secaudit.evaluation.runtime import Call, Interpreter
from secaudit.facts import Setting, Unknown
from secaudit.naming import SECRET_CONCEPTS

_GENERATED = "generated anew at each start"


def show(call: Call) -> None:
    """Remember what a call prints or logs: its arguments, and what f-strings among them hold."""
    interpreter = call.interpreter
    interpreter.shown.extend((value, call.place) for value in call.arguments)
    node = call.place.node
    for argument in node.args if isinstance(node, ast.Call) else ():
        for part in ast.walk(argument) if isinstance(argument, ast.JoinedStr) else ():
            inner = part.value if isinstance(part, ast.FormattedValue) else None
            if isinstance(inner, ast.Name | ast.Attribute):
                interpreter.shown.append((evaluate(interpreter, call.frame, inner), call.place))


def observe(interpreter: Interpreter, settings: tuple[Setting, ...]) -> None:
    """Note secrets per process, and settings with secrets that are printed or logged."""
    for setting in settings:
        generated = isinstance(setting.value, Unknown) and setting.value.reason == _GENERATED
        if generated and _is_kept(interpreter, setting):
            continue
        if generated and setting.concept in {"signing.secret", "encryption.key"}:
            purpose = "encryption" if setting.concept == "encryption.key" else "signing"
            interpreter.observe(
                "secret-per-process", setting.location, setting.name, purpose=purpose
            )
    secrets = {
        (setting.location): setting.name
        for setting in settings
        if setting.concept in SECRET_CONCEPTS or setting.concept == "database.url"
    }
    for value, place in interpreter.shown:
        origins = [candidate.location for candidate in value.candidates[:1]]
        if not origins and value.place is not None:
            origins = [value.place.location()]
        for origin in origins:
            if origin in secrets:
                name = secrets[origin]
                interpreter.observe("secret-logged", place.location(), name, name=name)


def _is_kept(interpreter: Interpreter, setting: Setting) -> bool:
    """Say whether the module that makes a key also writes a file: the key outlives the process."""
    module = interpreter.modules.get(setting.location.path)
    return module is not None and any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"write", "write_text", "write_bytes"}
        for node in ast.walk(module.syntax.tree)
    )
