"""Functions of the standard library that settings code calls."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from secaudit.evaluation.control import ProgramError
from secaudit.evaluation.operators import derive, run
from secaudit.evaluation.runtime import Call, Interpreter
from secaudit.evaluation.values import (
    External,
    Instance,
    Place,
    Value,
    merge_parts,
    merge_variables,
    plain,
    unknown,
)
from secaudit.facts import GENERATED, Unknown

_MAX_TEXT = 100_000


def from_plain(interpreter: Interpreter, data: Any, place: Place | None) -> Value:  # noqa: ANN401 - parsed data
    """Return parsed data as a value whose containers keep items of their own."""
    if isinstance(data, list | tuple) and not isinstance(data, Unknown):
        kind = "list" if isinstance(data, list) else "tuple"
        return interpreter.list_value(
            [from_plain(interpreter, d, place) for d in data], kind, place
        )
    if isinstance(data, dict):
        items = {key: from_plain(interpreter, item, place) for key, item in data.items()}
        return interpreter.dict_value(items, place)
    return Value(data, place)


def _loads(call: Call) -> Value:
    """``json.loads(text)``, ``ast.literal_eval(text)``."""
    import ast  # noqa: PLC0415 - needed by few settings
    import json  # noqa: PLC0415 - see above

    from secaudit.frameworks.data_readers import of_file  # noqa: PLC0415 - see above

    read = of_file(call)
    if read is not None:
        return read
    name = ast.unparse(call.place.node)
    function: Callable[[str], Any] = ast.literal_eval if "literal_eval" in name else json.loads
    text = plain(call.arguments[0])
    if isinstance(text, Unknown):
        return Value(text, call.place)
    if isinstance(text, str) and len(text) > _MAX_TEXT:
        return unknown("too large to parse", call.place)

    def parse(one: Any) -> Any:  # noqa: ANN401 - text of the evaluated program
        try:
            return function(one)
        except (SyntaxError, RecursionError) as error:
            raise ValueError(type(error).__name__) from None

    parsed = derive(parse, call.place, call.arguments[0])
    inner = from_plain(call.interpreter, parsed.data, call.place)
    return parsed._replace(data=inner.data)


def _timedelta(call: Call) -> Value:
    names = ("days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks")
    given = dict(zip(names, call.arguments, strict=False)) | call.keywords
    if call.rest is not None:
        return Value(call.rest, call.place)
    keys, values = list(given), list(given.values())
    if not values:
        return Value(timedelta(), call.place)

    def build(*numbers: Any) -> timedelta:  # noqa: ANN401 - numbers of the evaluated program
        return timedelta(**dict(zip(keys, numbers, strict=True)))

    return derive(build, call.place, *values)


def _pure(function: Callable[..., Any]) -> Callable[[Call], Value]:
    """Return the handler of a text function of its positional arguments."""

    def apply(call: Call) -> Value:
        data = [plain(argument) for argument in call.arguments]
        keywords = {key: plain(value) for key, value in call.keywords.items()}
        for item in (*data, *keywords.values()):
            if isinstance(item, Unknown):
                return Value(item, call.place)
        if len(call.arguments) == 1:
            return derive(lambda one: function(one, **keywords), call.place, call.arguments[0])
        result = run(lambda: function(*data, **keywords), call.place)
        given = call.arguments
        return Value(result, call.place, (), merge_variables(given), None, merge_parts(given))

    return apply


def _of_urls(name: str) -> Callable[..., Any]:
    """Return a function of ``urllib.parse``, which is imported when it is called."""

    def apply(*arguments: Any, **keywords: Any) -> Any:  # noqa: ANN401 - of the evaluated program
        from urllib import parse  # noqa: PLC0415 - few settings build URLs

        return getattr(parse, name)(*arguments, **keywords)

    return apply


def _generated(call: Call) -> Value:
    """A random value: another one at each start."""
    return unknown(GENERATED, call.place)


def _strtobool(text: str) -> int:
    """Convert as ``distutils.util.strtobool`` does."""
    lowered = text.lower()
    if lowered in {"y", "yes", "t", "true", "on", "1"}:
        return 1
    if lowered in {"n", "no", "f", "false", "off", "0"}:
        return 0
    raise ValueError(text)


def library_object(name: str) -> Callable[[Call], Value]:
    """Return the handler of a library class of which only the arguments matter."""

    def make(call: Call) -> Value:
        instance = Instance(name, None, call.interpreter.level)
        instance.state["call"] = call
        return Value(instance, call.place)

    return make


def _cast(call: Call) -> Value:
    return call.arguments[1]


def _wrapper(name: str) -> Callable[[Call], Value]:
    """Return the handler of a decorator with arguments, such as ``lru_cache(maxsize=1)``."""

    def make(call: Call) -> Value:
        if call.arguments and not isinstance(call.arguments[0].data, int | type(None)):
            return call.arguments[0]
        return Value(External(name), call.place)

    return make


def exit_(call: Call) -> Value:
    """``sys.exit(message)``.

    Raises:
        ProgramError: always.
    """
    message = plain(call.arguments[0]) if call.arguments else None
    raise ProgramError("SystemExit", message if isinstance(message, str) else "", call.place)


CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    "sys.exit": exit_,
    "json.loads": _loads,
    "ast.literal_eval": _loads,
    "datetime.timedelta": _timedelta,
    "urllib.parse.quote": _pure(_of_urls("quote")),
    "urllib.parse.quote_plus": _pure(_of_urls("quote_plus")),
    "urllib.parse.unquote": _pure(_of_urls("unquote")),
    "urllib.parse.urljoin": _pure(_of_urls("urljoin")),
    "distutils.util.strtobool": _pure(_strtobool),
    "setuptools.distutils.util.strtobool": _pure(_strtobool),
    "functools.lru_cache": _wrapper("functools.lru_cache"),
    "functools.cache": _wrapper("functools.cache"),
    "dataclasses.field": library_object("dataclasses.field"),
    "typing.cast": _cast,
    **dict.fromkeys(
        (
            "secrets.token_urlsafe",
            "secrets.token_hex",
            "secrets.token_bytes",
            "secrets.choice",
            "uuid.uuid4",
            "uuid.uuid1",
            "random.choice",
            "random.choices",
            "random.randint",
            "random.SystemRandom",
        ),
        _generated,
    ),
}
EXTERNALS: Final[dict[str, Callable[[Interpreter, str, Place], Value]]] = {
    "string.ascii_letters": lambda _i, _n, place: Value(_LETTERS, place),
    "string.digits": lambda _i, _n, place: Value("0123456789", place),
}
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
