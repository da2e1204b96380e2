"""Settings that deployment and configuration files write out: no code computes them."""

from typing import TYPE_CHECKING, Any

from secaudit.facts import Candidate, Setting
from secaudit.location import Location

if TYPE_CHECKING:
    from secaudit.syntax.tree import Scalar


def written(
    name: str, concept: str, group: str, place: Location, *candidates: Candidate, service: str = ""
) -> Setting:
    """Return a setting with the value of its first candidate, to be changed at ``place``."""
    value = candidates[0].value
    kind = type(value).__name__
    return Setting(name, concept, group, kind, value, candidates, place, (), None, (), service)


def of_container(name: str, concept: str, value: Any, node: "Scalar") -> Setting:  # noqa: ANN401 - values of any type
    """Return what a Compose service or a pod says about its container."""
    candidate = Candidate("assignment", value, node.raw, node.location, literal=True)
    return written(name, concept, "container", node.location, candidate)
