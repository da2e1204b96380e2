"""One way a service runs: its modules, its process environment and its profile."""

from secaudit.facts import Candidate, Observation, Setting
from secaudit.planning.filesystem import Part
from secaudit.records import NamedTuple


class Deployment(NamedTuple):
    """What planning hands to evaluation.

    ``environment`` is the process environment, strongest candidate of a variable first:
    ``--env`` values, Compose ``environment``, env files that no loader of the code names.
    ``settings`` and ``observations`` are what files say without any code being evaluated (keys of
    an env file judged alone, published ports, dropped lines); evaluation passes them on.
    """

    name: str
    root: str  # project root, absolute; also the working directory of the program
    profile: str  # production, unknown, development, test or example
    modules: tuple[str, ...] = ()  # Python files to evaluate in this order, absolute
    environment: dict[str, tuple[Candidate, ...]] = {}  # noqa: RUF012 - a NamedTuple default, never written to
    dialect: str = "auto"  # --env-dialect
    settings: tuple[Setting, ...] = ()
    observations: tuple[Observation, ...] = ()
    selected: str = ""  # Django settings module or Flask config class this deployment is about
    absent: tuple[str, ...] = ()  # env files that do not exist in this deployment, absolute
    mounted: tuple[Part, ...] = ()  # files that the program sees in other places
