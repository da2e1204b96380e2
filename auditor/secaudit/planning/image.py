"""What a container image gives its containers, as planning passes it on."""

from typing import NamedTuple

from secaudit.facts import Observation, Setting
from secaudit.planning.layers import Environment
from secaudit.syntax.text import Text


class Image(NamedTuple):
    """The target stage of a Dockerfile, with what it continues."""

    path: str
    environment: Environment
    command: tuple[Text, ...]  # ENTRYPOINT and CMD
    server: tuple[Setting, ...]  # what the command says
    downloads: tuple[Setting, ...]  # how its build fetches packages
    user: Setting | None
    copies_everything: bool  # a COPY of the whole build context
    observations: tuple[Observation, ...]


def image_facts(image: Image | None) -> tuple[tuple[Setting, ...], tuple[Observation, ...]]:
    """Return the settings and observations of the code that runs in an image by itself."""
    if image is None:
        return (), ()
    user = (image.user,) if image.user else ()
    return (*image.server, *image.downloads, *user), image.observations
