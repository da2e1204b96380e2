"""Makes docs/reference/controls.md from docs/controls.yml: control, code, test, rule, page."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

ROOT: Final = Path(__file__).resolve().parents[1]
PAGE: Final = ROOT / "docs" / "reference" / "controls.md"
_ITEMS: Final = {
    "API1": "object level authorization",
    "API2": "authentication",
    "API3": "property level authorization",
    "API4": "resource consumption",
    "API5": "function level authorization",
    "API6": "business flows",
    "API7": "server side request forgery",
    "API8": "misconfiguration",
    "API9": "inventory",
    "API10": "consumption of APIs",
}
_INTRODUCTION: Final = """\
---
hide: [toc]
---

# Controls

<!-- Made by scripts/controls_page.py from docs/controls.yml; do not edit. -->

Every control of the generated service with its proof. CI removes each one from a generated project
of either framework, by the recorded edit in `docs/controls.yml`, and the test named here must fail.
Where the removal shows in settings the rule must report it; an edit of a template-owned file that
settings do not show is [TPL002](rules/TPL002.md), reported by `secaudit template`. Paths are those
of a generated project; `*` in one stands for its framework."""


def rendered() -> str:
    """Return the page."""
    catalogue = YAML(typ="safe", pure=True).load((ROOT / "docs/controls.yml").read_text("utf-8"))
    rows = catalogue["controls"]
    parts = [_INTRODUCTION]
    for item, title in _ITEMS.items():
        own = [row for row in rows if row["owasp"][0] == f"{item}:2023"]
        if own:
            parts.append("\n".join([f"## {item}: {title}\n", *_table(own)]))
    return "\n\n".join(parts) + "\n"


def _table(rows: list[Mapping[str, Any]]) -> Iterator[str]:
    yield "| control | code and test | rule | page | ASVS 5.0.0 |"
    yield "|---|---|---|---|---|"
    for row in rows:
        rule = f"[{row['rule']}](rules/{row['rule']}.md)" if row.get("rule") else ""
        code, test = (row[key].replace("{framework}", "*") for key in ("code", "test"))
        test = test.rpartition("/")[2].replace("::", "`<br>`")
        asvs = ", ".join(row["asvs"])
        yield (
            f"| **{row['id']}**: {row['title']} | `{code}`<br>`{test}` | {rule} "
            f"| `{row['page']}` | {asvs} |"
        )


def main() -> None:
    """Write the page."""
    PAGE.write_text(rendered(), encoding="utf-8", newline="\n")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
