"""The effective settings for people: value, where from, what it shadows, type."""

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from secaudit.finding import Report
from secaudit.reporters.common import View, filled, safe


def shown_value(setting: dict[str, Any]) -> str:
    """Return the value of a reported setting, or why there is none, on one line."""
    if setting["error"] is not None:
        return f"error: {safe(setting['error'])}"
    if setting["unknown"] is not None:
        return f"unknown: {safe(setting['unknown'])}"
    value = setting["value"]
    text = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
    return safe(text)


def origins(setting: dict[str, Any]) -> list[str]:
    """Return ``role path:line`` for every place of a setting; a line that reads it once."""
    found: list[str] = []
    listed: set[str] = set()
    for step in setting["provenance"]:
        where = f"{safe(step['path'])}:{step['line']}"
        if step["role"] != "used" or where not in listed:
            found.append(f"{step['role']} {where}")
        listed.add(where)
    return found


def by_deployment(report: Report) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield the settings of each deployment, in the order of the report."""
    for deployment, settings in groupby(report.settings, key=lambda one: one["deployment"]):
        yield safe(deployment), list(settings)


def text_table(report: Report, view: View) -> Iterator[str]:
    """Yield the lines of the table for a terminal."""
    arrow = "<-" if view.ascii else "←"
    for deployment, settings in by_deployment(report):
        yield f"Effective settings of {deployment}"
        widest = min(max((len(one["name"]) for one in settings), default=0), 40)
        for one in settings:
            kind = f" ({safe(one['type'])})" if one["type"] else ""
            yield f"  {safe(one['name']):<{widest}}  {shown_value(one)}{kind}"
            if one["provenance"]:
                *shadowed, last = origins(one)
                places = [*(f"{place}," for place in shadowed), last]
                first, *rest = filled(places, 8, view.width)
                yield f"      {arrow} {first.strip()}"
                yield from rest
        yield ""
