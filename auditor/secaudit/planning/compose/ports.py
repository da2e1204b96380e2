"""Published ports of a Compose service (Compose Specification, section ports)."""

from secaudit.facts import Unknown
from secaudit.location import Location
from secaudit.patterns import lazy
from secaudit.planning.compose.scope import Scope
from secaudit.records import NamedTuple
from secaudit.syntax.tree import Mapping, Node, Scalar, Sequence

_SHORT = lazy(
    r"(?:(?P<address>\[[0-9a-fA-F:.]*\]|(?:\d+\.){3}\d+):)?(?:(?P<published>\d*(?:-\d+)?):)?"
    r"(?P<target>\d+(?:-\d+)?)(?:/\w+)?"
)
EVERYWHERE = "0.0.0.0"  # noqa: S104 - what Compose binds when no address is written


class Port(NamedTuple):
    """A container port that the host publishes, and the address it is bound to."""

    address: str
    port: int  # of the container
    location: Location


def published(node: Node | None, scope: Scope) -> list[Port]:
    """Return the ports of a service; those that cannot be determined are left out."""
    found = []
    for item in node.items if isinstance(node, Sequence) else ():
        port = _long(item, scope) if isinstance(item, Mapping) else _short(item, scope)
        if port is not None:
            found.append(port)
    return found


def _short(item: Node, scope: Scope) -> Port | None:
    if not isinstance(item, Scalar):
        return None
    value = scope.text(item).value
    match = _SHORT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    address = (match["address"] or EVERYWHERE).strip("[]")
    return Port(address, int(match["target"].split("-")[0]), item.location)


def _long(item: Mapping, scope: Scope) -> Port | None:
    values: dict[str, str] = {}
    for name in ("target", "published", "host_ip"):
        node = item.get(name)
        if isinstance(node, Scalar):
            text = scope.text(node).value
            if isinstance(text, Unknown):
                return None
            values[name] = text or ""
    if not values.get("target", "").isdigit() or "published" not in values:
        return None
    return Port(values.get("host_ip") or EVERYWHERE, int(values["target"]), item.location)
