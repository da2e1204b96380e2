"""What a container makes of its surroundings: variables it reads, files it sees, code it runs."""

import re
from collections.abc import Iterable, Iterator

from secaudit.facts import Setting
from secaudit.judgement.secrets import is_plain_secret
from secaudit.judgement.stores import is_store
from secaudit.naming import SECRET_CONCEPTS, meaning_of
from secaudit.planning import commands, layers, paths, profiles
from secaudit.planning.codebase import Codebase
from secaudit.planning.compose.services import Service
from secaudit.planning.env_uses import EnvUse
from secaudit.planning.filesystem import Filesystem
from secaudit.planning.image import Image
from secaudit.planning.layers import Environment
from secaudit.planning.leaves import Leaf, profile_of
from secaudit.planning.profiles import Signal
from secaudit.planning.reading import Reader
from secaudit.planning.settings import written
from secaudit.syntax import dockerfile
from secaudit.syntax.text import Text

_SEVERAL = 2  # variables that code reads, from which their being there is no accident
_PREFIX = 5  # letters of an image's name that its variables share: POSTG, MYSQL, RABBI


def read_by_image(service: Service, environment: Environment) -> Environment:
    """Return the variables that a foreign image can be expected to read.

    An env file shared with the code gives every container all keys; of those, a ``postgres`` image
    reads ``POSTGRES_...``. What stands under ``environment`` is meant for the service.
    """
    name = service.image.rpartition("/")[2].split("@")[0].split(":")[0]
    prefix = re.sub(r"\W", "", name).upper()[:_PREFIX]
    prefixes = (prefix, "MYSQL") if prefix == "MARIA" else (prefix,)
    return {
        key: found
        for key, found in environment.items()
        if key in service.written or (prefix and key.upper().startswith(prefixes))
    }


def runs(
    codebase: Codebase, service: Service, words: tuple[Text, ...], environment: Environment
) -> bool:
    """Say whether a container runs a project's code, though nothing says what its image holds.

    Its variables or its command name a module of the project, or else the code reads most of the
    variables that are written for it.
    """
    if not codebase.code.modules or is_store(service.image, ""):
        return False
    module = environment.get("DJANGO_SETTINGS_MODULE")
    if module and any(leaf.selected == module[0].value for leaf in codebase.code.leaves):
        return True
    if commands.runs_code(words) and any(_is_module(codebase, word.value) for word in words):
        return True
    read = [name for name in service.written if _is_read(name.upper(), codebase.code.words)]
    return len(read) >= _SEVERAL and 2 * len(read) >= len(service.written)


def secrets_beside(
    codebase: Codebase, service: Service, environment: Environment
) -> Iterator[Setting]:
    """Yield the real secrets that are written for a container though its code does not read them.

    Some other program has the same one.
    """
    for name in sorted(service.written):
        found, meaning = environment.get(name, ()), meaning_of(name)
        place = found[0].location if found else None
        if meaning is None or meaning.concept not in SECRET_CONCEPTS or place is None:
            continue
        text = found[0].value if found[0].literal else ""
        if is_plain_secret(str(text)) and not _is_read(name.upper(), codebase.code.words):
            yield written(name, meaning.concept, "", place, *found, service=meaning.service)


def _is_module(codebase: Codebase, word: str) -> bool:
    """Say whether ``package.module:name`` is code of the project."""
    package = word.partition(":")[0].partition(".")[0]
    if not package.isidentifier() or ("." not in word and ":" not in word):
        return False
    starts = [
        f"{folder}/{package}{end}"
        for folder in (codebase.root, f"{codebase.root}/src")
        for end in ("/", ".py")
    ]
    return any(path.startswith(tuple(starts)) for path in codebase.code.modules)


def _is_read(name: str, words: frozenset[str]) -> bool:
    """Say whether code knows a variable: by its name, or by a prefix and the rest of it."""
    cuts = [index + 1 for index, letter in enumerate(name) if letter == "_"]
    return name in words or any(name[:cut] in words and name[cut:] in words for cut in cuts)


def settings_of(
    service: Service, image: Image | None, words: tuple[Text, ...]
) -> tuple[Setting, ...]:
    """Return the settings of the container; the service's user replaces the image's."""
    own = list(service.settings)
    if image is not None and image.user and not any(one.name == "user" for one in own):
        own.append(image.user)
    own += image.downloads if image is not None else ()
    return (*own, *commands.settings(words))


def filesystem(service: Service, image: Image | None, context: str) -> Filesystem:
    """Return the files of a container: those of its image under what is mounted."""
    folder = service.folder or (image.folder if image else "")
    here = context or paths.folder_of(service.location.path)
    return Filesystem((*(image.files(here) if image else ()), *service.files), folder, here)


def visible_files(
    reader: Reader, codebase: Codebase, service: Service, image: Image | None, context: str
) -> list[EnvUse]:
    """Return the env files that code finds inside the container: mounted, or copied with all else.

    Files that ``.dockerignore`` keeps out of the build context are not copied.
    """
    patterns = reader.lines(paths.join(context, ".dockerignore"))
    copies = image is not None and image.copies_everything
    found = []
    for use in codebase.env.loaded:
        mounted = any(
            part.source
            and (use.path == part.source or use.path.startswith(part.source.rstrip("/") + "/"))
            for part in service.files
        )
        copied = (
            copies
            and use.path.startswith(context.rstrip("/") + "/")
            and not dockerfile.ignored(paths.relative(use.path, context), patterns)
        )
        if mounted or copied:
            found.append(use)
    return found


def leaves_of(
    codebase: Codebase, environment: Environment, signals: Iterable[Signal]
) -> list[Leaf | None]:
    """Return the leaves a service may run: the one its variables name, else those that fit."""
    leaves = codebase.code.leaves
    module = environment.get("DJANGO_SETTINGS_MODULE")
    if module:
        named = [leaf for leaf in leaves if leaf.selected == module[0].value]
        if named:
            return [*named]
    values = layers.values(environment)
    profile = profiles.strictest([*profiles.selectors(values), *signals])
    fitting = [leaf for leaf in leaves if profile_of(leaf, codebase.root) == profile]
    return [*(fitting or leaves)] or [None]
