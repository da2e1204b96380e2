"""Where running code stands: the names it sees, and how control leaves a block."""

from secaudit.evaluation.values import ClassData, ModuleData, Place, Value


class Frame:
    """The names visible to running code: locals, then enclosing frames, then the module."""

    __slots__ = ("binds", "globals", "locals", "module", "outer", "owner", "parent", "returns")

    def __init__(
        self,
        module: ModuleData,
        names: dict[str, Value] | None = None,
        parent: "Frame | None" = None,
        owner: ClassData | None = None,
    ) -> None:
        self.module = module
        self.locals = module.namespace if names is None else names
        self.parent = parent
        self.owner = owner  # the class whose body this is, or whose method runs
        self.binds = self  # where ``:=`` binds: for a comprehension, the code around it
        self.globals: set[str] = set()
        self.outer: dict[str, Frame] = {}  # whose names a ``nonlocal`` statement binds
        self.returns: list[Value] = []  # possible results of undecided branches

    def is_module(self) -> bool:
        """Say whether this is the top level of a module."""
        return self.locals is self.module.namespace


class ProgramError(Exception):
    """The evaluated program raises.

    ``kind`` is the name of the exception class, ``bases`` are those of a class of the project.
    """

    def __init__(
        self,
        kind: str,
        message: str = "",
        place: Place | None = None,
        bases: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.place = place
        self.bases = bases


class RefusedError(ProgramError):
    """Settings that the evaluated program makes are refused by their own class."""


class ReturnSignal(Exception):  # noqa: N818 - control flow of the evaluated program, no error
    """A ``return`` statement was reached."""

    def __init__(self, value: Value) -> None:
        super().__init__()
        self.value = value


class BreakSignal(Exception):  # noqa: N818 - control flow of the evaluated program, no error
    """A ``break`` statement was reached."""


class ContinueSignal(Exception):  # noqa: N818 - control flow of the evaluated program, no error
    """A ``continue`` statement was reached."""
