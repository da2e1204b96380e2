"""The variables of a Compose service: ``environment`` over its env files, and what they show."""

from secaudit.facts import Observation, Setting, Unknown
from secaudit.naming import SECRET_CONCEPTS, meaning_of
from secaudit.planning import env_files, layers, paths, profiles
from secaudit.planning.compose.merging import keyed, listed
from secaudit.planning.compose.scope import Scope
from secaudit.planning.layers import EnvFileUse, Environment
from secaudit.planning.reading import Reader
from secaudit.planning.settings import written
from secaudit.syntax.tree import Mapping, Node, Scalar


def env_files_of(node: Node | None, scope: Scope, reader: Reader) -> list[EnvFileUse]:
    """Return the env files that exist; a missing one stops Compose, but not the audit."""
    uses = []
    for item in listed(node).items if node is not None else ():
        named = item.get("path") if isinstance(item, Mapping) else item
        form = item.get("format") if isinstance(item, Mapping) else None
        text = scope.plain(named)
        if not text or not isinstance(named, Scalar):
            continue
        path = paths.join(paths.folder_of(named.location.path), text)
        if reader.allowed(path):
            raw = isinstance(form, Scalar) and form.value == "raw"
            uses.append(EnvFileUse(path, "docker" if raw else "compose", named.location))
    return uses


def environment_of(
    node: Node | None, uses: list[EnvFileUse], scope: Scope, reader: Reader
) -> Environment:
    """Return what ``environment`` says over the env files, of which the last is the strongest."""
    own: Environment = {}
    blocked: set[str] = set()
    for name, (_, value) in (keyed(node).items if node is not None else {}).items():
        if not isinstance(value, Scalar):
            continue
        text = scope.passed(name) if value.value is None else scope.text(value)
        if text.value is None:
            blocked.add(name)  # Compose unsets it, whatever an env file says
        else:
            own[name] = text.candidates
    weaker: list[Environment] = []
    for use in uses:
        weaker.insert(0, _of_file(use, [own, *weaker], scope, reader))
    merged = layers.merged([own, *weaker])
    return {name: found for name, found in merged.items() if name not in blocked}


def _of_file(
    use: EnvFileUse, before: list[Environment], scope: Scope, reader: Reader
) -> Environment:
    """Return what an env file gives; its references see the shell and what is ``before`` it."""
    file = reader.env_file(use.path, use.dialect)
    if file is None:
        return {}

    def lookup(name: str) -> str | Unknown | None:
        given = scope.lookup(name)
        if given is not None:
            return given
        for layer in before:
            if name in layer:
                value = layer[name][0].value
                return value if isinstance(value, Unknown) else str(value)
        return None

    return env_files.candidates(file, lookup)


def observed(uses: list[EnvFileUse], reader: Reader) -> list[Observation]:
    """Return what the env files of a service show by themselves."""
    seen: list[Observation] = []
    for use in uses:
        file = reader.env_file(use.path, use.dialect)
        seen += env_files.observe(file) if file else []
        name = paths.name_of(use.path)
        if profiles.of_file(name) == profiles.EXAMPLE:
            seen.append(Observation("example-loaded", use.location, name, {"loader": "compose"}))
    return seen


def woven(scope: Scope) -> list[Setting]:
    """Return the secrets that stand in longer texts, such as the password of a DSN.

    They are judged where they are written.
    """
    found = []
    for name in scope.woven:
        given, meaning = scope.variables.get(name, ()), meaning_of(name)
        place = given[0].location if given else None
        if place is not None and meaning is not None and meaning.concept in SECRET_CONCEPTS:
            secret = written(name, meaning.concept, "", place, *given, service=meaning.service)
            found.append(secret._replace(variables=(name,)))
    return found
