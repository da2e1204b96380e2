"""Infers what a deployment is for, from selector variables and from file and class names.

Staging counts as production. An example file that something loads is no example; the caller, who
knows the references, passes such a file without its example words.
"""

import re
from collections.abc import Iterable, Mapping

from secaudit.kinds import matches
from secaudit.options import Options
from secaudit.patterns import lazy
from secaudit.planning import paths
from secaudit.records import NamedTuple

PRODUCTION, DEVELOPMENT, TEST, EXAMPLE, UNKNOWN = (
    "production",
    "development",
    "test",
    "example",
    "unknown",
)
_WORDS = {
    PRODUCTION: {"prod", "production", "prd", "live", "staging", "stage", "stg", "preprod"},
    DEVELOPMENT: {"dev", "develop", "development", "devel", "devcontainer", "local", "localhost"},
    TEST: {"test", "tests", "testing", "ci", "e2e", "pytest", "conftest"},
    EXAMPLE: {"example", "examples", "sample", "template", "tmpl", "tpl", "dist", "skel"},
}
_VALUES = {
    word: profile for profile, words in _WORDS.items() if profile != EXAMPLE for word in words
} | {"debug": DEVELOPMENT}
_EXAMPLE_FOLDERS = {
    *("example", "examples", "sample", "samples", "template", "templates", "docs", "doc"),
}
_COMPOSE_PRODUCTION = {"deploy", "server", "release"}
_SELECTOR = lazy(
    r"(?:.*_)?(?:ENV|ENVIRONMENT)|(?:.*_)?(?:APP_MODE|RUN_MODE|DEPLOY_MODE|STAGE)|MODE|DEPLOYMENT"
)
# Of a configuration class, as Flask's ``from_object`` takes it: ``config.ProductionConfig``.
_CLASS_KEYS = tuple(
    f"_{base}{end}" for base in ("SETTINGS", "CONFIG") for end in ("", "_CLASS", "_OBJECT", "_NAME")
)
_CLASS = lazy(r"(?:\w+\.)*[A-Z]\w*")
_NO_SELECTOR = lazy(r"NODE_ENV|(?:.*_)?(?:VIRTUAL|CONDA)_?ENV.*|PIP_.*")
_STRICTNESS = (PRODUCTION, UNKNOWN, DEVELOPMENT, TEST, EXAMPLE)


class Signal(NamedTuple):
    """One hint at the profile: where it comes from, in words, and what it says."""

    source: str
    profile: str


def of_file(relative: str) -> str:
    """Return the profile that a path below the project root names, else unknown.

    Words of the file name count (``.env.production``, ``settings_test.py``), and whole folder
    names (``tests/``, ``.envs/.production/``). Example wins over the rest: ``.env.prod.example``.
    """
    *folders, name = relative.lower().replace("\\", "/").split("/")
    words = set(re.split(r"[._\-]+", name))
    if words & _WORDS[EXAMPLE]:
        return EXAMPLE
    places = {folder.lstrip(".") for folder in folders}
    if words & _COMPOSE_PRODUCTION and re.match(r"(docker-|podman-)?compose\b", name):
        return PRODUCTION
    for found in (words, places):
        for profile in (PRODUCTION, TEST, DEVELOPMENT):
            if found & _WORDS[profile]:
                return profile
    return EXAMPLE if places & _EXAMPLE_FOLDERS else UNKNOWN


def of_class(name: str) -> str:
    """Return the profile in a class name such as ``ProductionConfig``, else unknown."""
    words = {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", name)}
    for profile in (PRODUCTION, TEST, DEVELOPMENT):
        if words & _WORDS[profile]:
            return profile
    return UNKNOWN


def of_value(text: str) -> str:
    """Return the profile that a selector variable's value names, else unknown."""
    return _VALUES.get(text.strip().strip("'\"").lower(), UNKNOWN)


def of_module(dotted: str) -> str:
    """Return the profile in a dotted settings module such as ``config.settings.production``."""
    return of_file(dotted.replace(".", "/") + ".py")


def selectors(values: Mapping[str, object], branched: Iterable[str] = ()) -> list[Signal]:
    """Return what the selector variables among ``values`` say.

    Args:
        values: variables with their values; only texts are looked at.
        branched: names that the code branches on; when one of them is given, only those count.
    """
    upper = {name.upper(): value for name, value in values.items()}
    wanted = [name for name in (given.upper() for given in branched) if name in upper]
    names = wanted or [
        name for name in upper if _SELECTOR.fullmatch(name) and not _NO_SELECTOR.fullmatch(name)
    ]
    signals = []
    for name in names:
        value = upper[name]
        if isinstance(value, str) and of_value(value) != UNKNOWN:
            signals.append(Signal(f"{name}={value}", of_value(value)))
    for name, value in upper.items():
        if isinstance(value, str) and f"_{name}".endswith(_CLASS_KEYS):
            chosen = of_class(value.rpartition(".")[2]) if _CLASS.fullmatch(value) else UNKNOWN
            signals += [Signal(f"{name}={value}", chosen)] if chosen != UNKNOWN else []
    module = upper.get("DJANGO_SETTINGS_MODULE")
    if isinstance(module, str) and of_module(module) not in {UNKNOWN, EXAMPLE}:
        signals.append(Signal("DJANGO_SETTINGS_MODULE", of_module(module)))
    production = upper.get("PRODUCTION")
    if isinstance(production, str) and production.strip().lower() in {"1", "true", "yes", "on"}:
        signals.append(Signal(f"PRODUCTION={production}", PRODUCTION))
    return signals


def strictest(signals: Iterable[Signal]) -> str:
    """Return the strictest profile that is named; unknown only when nothing is named."""
    named = {signal.profile for signal in signals} - {UNKNOWN}
    return next((profile for profile in _STRICTNESS if profile in named), UNKNOWN)


def chosen(
    options: Options, files: Iterable[str], signals: Iterable[Signal], *, example: bool = False
) -> str:
    """Return the profile of a deployment.

    Args:
        options: ``--profile`` decides; then the configuration's profile of a path, when its
            pattern fits each of ``files`` or one that is no Python module.
        files: the absolute paths that the deployment is about.
        signals: what names and variables say otherwise.
        example: the files are an example met in a folder, which ``--profile`` does not speak of.
    """
    if options.profile != "auto" and not example:
        return options.profile
    base = paths.folder_of(options.config_path)
    names = [paths.relative(path, base) for path in files] if options.path_profiles else []
    for pattern, profile in options.path_profiles:
        fitting = [name for name in names if matches(name, (pattern,))]
        data = any(not name.endswith(".py") for name in fitting)
        if profile != "auto" and (data or (fitting and len(fitting) == len(names))):
            return profile
    return EXAMPLE if example else strictest(signals)


def conflict(signals: Iterable[Signal]) -> list[Signal]:
    """Return the signals when one says production and another development or test."""
    kept = [signal for signal in signals if signal.profile in {PRODUCTION, DEVELOPMENT, TEST}]
    profiles = {signal.profile for signal in kept}
    return kept if PRODUCTION in profiles and len(profiles) > 1 else []
