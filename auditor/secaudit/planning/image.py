"""What a container image gives its containers, as planning passes it on."""

from secaudit.facts import Observation, Setting
from secaudit.planning import paths
from secaudit.planning.filesystem import Filesystem, Part
from secaudit.planning.layers import NOTHING, Environment, Launched
from secaudit.planning.reading import Reader
from secaudit.records import NamedTuple
from secaudit.syntax.text import Text


class Image(NamedTuple):
    """The target stage of a Dockerfile, with what it continues."""

    path: str
    environment: Environment
    command: tuple[Text, ...]  # ENTRYPOINT and CMD
    server: tuple[Setting, ...]  # what the command says
    downloads: tuple[Setting, ...]  # how its build fetches packages
    user: Setting | None
    folder: str  # the working directory
    copies: tuple[tuple[str, str], ...]  # path below the build context, place in the image
    observations: tuple[Observation, ...]
    launched: Launched = NOTHING  # by its own command, when it is run by itself
    process: str = ""  # of a file that starts several

    @property
    def copies_everything(self) -> bool:
        """Whether the whole build context is copied."""
        return any(source in {".", "./"} for source, _ in self.copies)

    @property
    def runs_gunicorn(self) -> bool:
        """Whether its command starts gunicorn."""
        from secaudit.planning import commands  # noqa: PLC0415 - few projects have images

        return commands.runs_gunicorn(self.command)

    @property
    def facts(self) -> tuple[tuple[Setting, ...], tuple[Observation, ...]]:
        """The settings and observations of the code that runs in it by itself."""
        user = (self.user,) if self.user else ()
        return (*self.server, *self.downloads, *user), self.observations

    def facts_with(
        self, environment: Environment
    ) -> tuple[tuple[Setting, ...], tuple[Observation, ...]]:
        """Return the same of code that is started with this environment."""
        from secaudit.planning.launch import debugging  # noqa: PLC0415 - few projects have images

        settings, observations = self.facts
        return (*settings, *debugging(self.launched.words, environment)), observations

    def files(self, context: str) -> tuple[Part, ...]:
        """Return what the build copies from a context, a host folder."""
        return tuple(
            Part(place, paths.join(context, source.lstrip("/"))) for source, place in self.copies
        )

    def started(self, context: str, reader: Reader) -> "Image":
        """Return the image with what its command loads from a context, a host folder."""
        from secaudit.planning import commands  # noqa: PLC0415 - few projects have images
        from secaudit.planning.launch import launched  # noqa: PLC0415 - see above

        files = Filesystem(self.files(context), self.folder, context)
        start = launched(self.command, files, self.environment, reader)
        return self._replace(launched=start, server=tuple(commands.settings(start.words)))
