"""What a project's code can be started with: Django settings modules and Flask config classes."""

import ast
from collections.abc import Iterable
from typing import Final

from secaudit.planning import paths, profiles
from secaudit.records import NamedTuple
from secaudit.syntax.python import Module, last_name, targets_of

_DJANGO: Final = frozenset(
    (
        *("INSTALLED_APPS", "MIDDLEWARE", "ROOT_URLCONF", "WSGI_APPLICATION", "ALLOWED_HOSTS"),
        *("TEMPLATES", "AUTH_PASSWORD_VALIDATORS", "ASGI_APPLICATION"),
    )
)
_FLASK_KEYS: Final = frozenset(
    (
        *("SECRET_KEY", "DEBUG", "TESTING", "SQLALCHEMY_DATABASE_URI", "JWT_SECRET_KEY"),
        *("SESSION_COOKIE_SECURE", "WTF_CSRF_ENABLED", "PROPAGATE_EXCEPTIONS"),
    )
)


class Leaf(NamedTuple):
    """One thing a service can be started with: a Django settings module or Flask config class."""

    path: str
    selected: str  # dotted module, or class name
    kind: str  # "django" or "flask"


class Outline(NamedTuple):
    """What of one module tells whether it is a leaf."""

    path: str
    stars: set[str]  # the last parts of modules it imports everything from
    django: set[str]  # names of Django settings in it
    flask: list[tuple[str, set[str]]]  # config classes with their base class names


def outline(module: Module, nodes: Iterable[ast.AST]) -> Outline:
    """Return what a module and its nodes tell."""
    seen = Outline(module.path, set(), set(), [])
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            seen.stars.add((node.module or "").rpartition(".")[2])
    for statement in module.tree.body:
        seen.django.update(_DJANGO.intersection(targets_of(statement)))
        if not isinstance(statement, ast.ClassDef):
            continue
        names = {target for child in statement.body for target in targets_of(child)}
        bases = {last_name(base) for base in statement.bases}
        if statement.name.endswith(("Config", "Settings")):
            told = names & _FLASK_KEYS or any(base.endswith("Config") for base in bases)
        else:  # ``class Prod``
            told = names & _FLASK_KEYS and profiles.of_class(statement.name) != profiles.UNKNOWN
        if told:
            seen.flask.append((statement.name, bases))
    return seen


def django_modules(outlines: Iterable[Outline]) -> frozenset[str]:
    """Return the modules that hold Django settings or star-import one that does.

    One name of Django's is enough for a base of modules that are named after profiles.
    """
    outlines = list(outlines)
    settings = {
        one.path
        for one in outlines
        if len(one.django) > 1 or (one.django and len(_profiles_upon(one, outlines)) > 1)
    }
    while True:
        stems = {_stem(path) for path in settings}
        more = {one.path for one in outlines if one.stars & stems} - settings
        if not more:
            return frozenset(settings)
        settings |= more


def _profiles_upon(base: Outline, outlines: list[Outline]) -> set[str]:
    """Return the profiles of the modules beside a base that take over all its names."""
    folder, stem = paths.folder_of(base.path), _stem(base.path)
    beside = [one.path for one in outlines if stem in one.stars]
    named = {profiles.of_file(paths.name_of(p)) for p in beside if paths.folder_of(p) == folder}
    return named - {profiles.UNKNOWN}


def django_leaves(outlines: Iterable[Outline], settings: frozenset[str], root: str) -> list[Leaf]:
    """Return the settings modules that no other one star-imports."""
    imported = {star for one in outlines if one.path in settings for star in one.stars}
    return [
        Leaf(path, paths.dotted_name(path, root).removeprefix("src."), "django")
        for path in sorted(settings)
        if _stem(path) not in imported
    ]


def flask_leaves(outlines: Iterable[Outline]) -> list[Leaf]:
    """Return the config classes that no other one derives from, or whose name is a profile."""
    bases = {base for one in outlines for _, names in one.flask for base in names}
    return [
        Leaf(one.path, name, "flask")
        for one in outlines
        for name, _ in one.flask
        if name not in bases or profiles.of_class(name) != profiles.UNKNOWN
    ]


def profile_of(leaf: Leaf, root: str) -> str:
    """Return the profile that a leaf's own name says."""
    if leaf.kind == "flask":
        return profiles.of_class(leaf.selected)
    profile = profiles.of_file(paths.relative(leaf.path, root))
    return profiles.UNKNOWN if profile == profiles.EXAMPLE else profile


def _stem(path: str) -> str:
    name = paths.name_of(path).removesuffix(".py")
    return paths.name_of(paths.folder_of(path)) if name == "__init__" else name
