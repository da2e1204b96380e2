"""What a container makes of its surroundings: variables it reads, files it sees, code it runs."""

import re
from collections.abc import Iterable

from secaudit.facts import Setting
from secaudit.planning import commands, layers, paths, profiles
from secaudit.planning.code import Leaf
from secaudit.planning.codebase import Codebase, leaf_profile
from secaudit.planning.compose.services import Service
from secaudit.planning.env_uses import EnvUse
from secaudit.planning.filesystem import Filesystem
from secaudit.planning.image import Image
from secaudit.planning.layers import Environment
from secaudit.planning.profiles import Signal
from secaudit.planning.reading import Reader
from secaudit.syntax import dockerfile
from secaudit.syntax.text import Text

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
    fitting = [leaf for leaf in leaves if leaf_profile(leaf, codebase.root) == profile]
    return [*(fitting or leaves)] or [None]
