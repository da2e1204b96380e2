"""What ``${NAME}`` means in a Compose file: the shell, then the project's ``.env``."""

from secaudit.errors import AuditError
from secaudit.facts import Candidate, Unknown
from secaudit.planning.layers import Environment
from secaudit.records import NamedTuple
from secaudit.syntax.dotenv import Reference, expand
from secaudit.syntax.interpolation import template
from secaudit.syntax.tree import Node, Scalar

_EXPONENT_FROM = 21  # Go prints floats of this many digits with an exponent


class Text(NamedTuple):
    """A scalar after interpolation: its text, and the candidates that could give it."""

    value: str | Unknown | None  # None: the variable is passed through but not given
    candidates: tuple[Candidate, ...]


class Scope:
    """The variables that interpolation sees, strongest candidate of each first."""

    def __init__(self, variables: Environment) -> None:
        self.variables = variables
        self.used: set[str] = set()  # names that some text referred to
        self.woven: dict[str, None] = {}  # names that became a part of a longer text

    def lookup(self, name: str) -> str | Unknown | None:
        """Return the value of a variable, None when it is not given."""
        self.used.add(name)
        found = self.variables.get(name)
        value = found[0].value if found else None
        return value if isinstance(value, str | Unknown) or value is None else str(value)

    def text(self, node: Scalar) -> Text:
        """Return what a scalar becomes.

        A value that is one reference has the candidates of its variable, then its default; any
        other text stands in the Compose file itself.

        Raises:
            AuditError: an interpolation that Compose refuses.
        """
        if isinstance(node.value, Unknown):
            return Text(node.value, (_candidate(node.value, node, literal=False),))
        written = scalar_text(node)
        if not isinstance(node.value, str):
            return Text(written, (_candidate(written, node, literal=True),))
        try:
            parts = template(written)
        except AuditError as error:
            place = node.location
            raise AuditError(error.message, error.hint, path=place.path, line=place.line) from None
        if len(parts) == 1 and isinstance(parts[0], Reference):
            return self._single(parts[0], node)
        self.woven |= {part.name: None for part in parts if isinstance(part, Reference)}
        value, _, error_text = expand(parts, self.lookup)
        result = Unknown(error_text) if error_text else value
        literal = all(isinstance(part, str) for part in parts)
        return Text(result, (_candidate(result, node, literal=literal),))

    def plain(self, node: Node | None) -> str:
        """Return the text of a scalar, ``""`` where it is not known and for anything else.

        Raises as ``text`` does.
        """
        value = self.text(node).value if isinstance(node, Scalar) else None
        return value if isinstance(value, str) else ""

    def passed(self, name: str) -> Text:
        """Return a variable that is passed through from Compose's own environment."""
        found = self.variables.get(name, ())
        return Text(self.lookup(name), found)

    def _single(self, reference: Reference, node: Scalar) -> Text:
        value, _, error = expand((reference,), self.lookup)
        if error:
            unknown = Unknown(error)
            return Text(unknown, (_candidate(unknown, node, literal=False),))
        given = self.variables.get(reference.name, ())
        word, _, _ = expand(reference.word, self.lookup)
        literal = all(isinstance(part, str) for part in reference.word)
        default = _candidate(word, node, literal=literal)
        if reference.operator in {"+", ":+"}:
            return Text(value, (_candidate(value, node, literal=literal),))
        if reference.operator not in {"-", ":-"}:
            return Text(value, given or (_candidate(value, node, literal=False),))
        if given and (given[0].value != "" or reference.operator == "-"):
            return Text(value, (*given, default._replace(layer="default")))
        return Text(value, (default, *given))


def scalar_text(node: Scalar) -> str:
    """Return a scalar as the text that Compose passes to a container."""
    value = node.value
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 10**_EXPONENT_FROM:
            return str(int(value))
        return repr(value)
    return "" if value is None else str(value)


def _candidate(value: str | Unknown, node: Scalar, *, literal: bool) -> Candidate:
    return Candidate("process-environment", value, node.raw, node.location, literal)
