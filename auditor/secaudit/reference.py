"""The generated pages and schemas of docs/reference: ``python -m secaudit.reference [FOLDER]``."""

import json
import sys
from typing import Any, Final

from secaudit.configuration import DEPLOYMENT_KEYS, TABLES
from secaudit.finding import SEVERITIES
from secaudit.options import COMMANDS, PROFILES, SEVERAL, TABLE, Option, of_command

_STATUS: Final = """\
## Exit status

The highest that applies.

| status | meaning |
|---|---|
| 0 | nothing at or above `--fail-on` |
| 1 | a finding at or above `--fail-on` |
| 2 | a misuse, nothing to audit, or an input that could not be read; the rest is still reported |
| 3 | secaudit itself failed |
"""
_SCHEMA: Final = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Final = {"type": "string"}
_NUMBER: Final = {"type": "integer", "minimum": 0}
_PLACE: Final = {"type": "integer", "minimum": 1}


def pages() -> dict[str, str]:
    """Return the content of every generated file by its name below docs/reference."""
    return {
        "command-line.md": command_line(),
        "configuration.md": configuration(),
        "configuration.schema.json": _json(configuration_schema()),
        "report.schema.json": _json(report_schema()),
    }


def command_line() -> str:
    """Return the page of commands and options."""
    parts = ["# Command line", ""]
    for name, command in COMMANDS.items():
        parts += [f"## `{f'secaudit {name} {command.words}'.rstrip()}`", ""]
        parts += [f"{command.summary} {command.detail}".rstrip(), ""]
        table = of_command(name)
        if table:
            parts += ["| option | what it does |", "|---|---|", *map(_row, table), ""]
    return "\n".join([*parts, _STATUS])


def _row(option: Option) -> str:
    short = f"`-{option.short}`, " if option.short else ""
    metavar = f" {option.metavar}" if option.metavar else ""
    choices = f" One of {', '.join(f'`{c}`' for c in option.choices)}." if option.choices else ""
    default = f" Default `{option.default}`." if option.default else ""
    detail = f"{option.help}{choices}{default}{SEVERAL.get(option.kind, '')}"
    return f"| {short}`--{option.name}{metavar}` | {detail} |"


def configuration() -> str:
    """Return the page of configuration keys."""
    keys = [option for option in TABLE if option.configurable]
    kinds = {"flag": "true or false", "list": "list of strings", "choice": "string"}
    rows = [
        f"| `{option.name}` | {kinds.get(option.kind, 'string')} | {option.help} |"
        for option in keys
    ]
    tables = [f"| `[{name}]` | table | {text} |" for name, text in TABLES.items()]
    deployment = [f"| `{name}` | {text} |" for name, text in DEPLOYMENT_KEYS.items()]
    return "\n".join(
        [
            "# Configuration",
            "",
            "The table `[tool.secaudit]` of `pyproject.toml`, or the top level of",
            "`secaudit.toml`, in the folder of the audited paths or the nearest above it, up to",
            "the root of the repository. `--config FILE` names another, `--isolated` reads none.",
            "One run has one configuration: those of projects further inside are noted, not read.",
            "The command line wins. An unknown key is an error that names the nearest one.",
            "",
            "| key | type | meaning |",
            "|---|---|---|",
            *rows,
            *tables,
            "",
            "A declared deployment, `[tool.secaudit.deployments.NAME]`:",
            "",
            "| key | meaning |",
            "|---|---|",
            *deployment,
            "",
            "An example:",
            "",
            "```toml",
            "[tool.secaudit]",
            'fail-on = "high"',
            "",
            "[tool.secaudit.ignore]",
            'DOC001 = "the documentation is public on purpose"',
            'TLS001 = {reason = "behind the old proxy", until = 2027-01-31}',
            "",
            '[tool.secaudit.per-path-ignores."demo/**"]',
            'DBG = "never deployed"',
            "",
            "[tool.secaudit.deployments.web]",
            'settings = "app/settings.py"',
            'env-files = ["deploy/web.env"]',
            'profile = "production"',
            "```",
            "",
        ]
    )


def configuration_schema() -> dict[str, Any]:
    """Return the JSON schema of the configuration table, for editors."""
    profile = {"enum": list(PROFILES)}
    strings = {"type": "array", "items": _TEXT}
    variables = {"type": "object", "additionalProperties": _TEXT}
    accepted = {
        "type": "object",
        "additionalProperties": {
            "oneOf": [
                {"type": "string", "minLength": 1},
                _object({"reason": {"type": "string", "minLength": 1}, "until": {}}, ["reason"]),
            ]
        },
    }
    deployment = {"settings": _TEXT, "env-files": strings, "env": variables, "profile": profile}
    properties: dict[str, Any] = {}
    for option in TABLE:
        if option.configurable:
            kinds: dict[str, dict[str, Any]] = {"flag": {"type": "boolean"}, "list": strings}
            kind = kinds.get(option.kind, _TEXT)
            allowed: dict[str, Any] = {"enum": list(option.choices)} if option.choices else kind
            properties[option.name] = {"description": option.help, **allowed}
    shapes = {
        "ignore": accepted,
        "per-path-ignores": {"type": "object", "additionalProperties": accepted},
        "per-path-profiles": {"type": "object", "additionalProperties": profile},
        "deployments": {"type": "object", "additionalProperties": _object(deployment, [])},
    }
    for name, text in TABLES.items():
        properties[name] = {"description": text, **shapes[name]}
    return {"$schema": _SCHEMA, "title": "[tool.secaudit]", **_object(properties, [])}


def report_schema() -> dict[str, Any]:
    """Return the JSON schema of the report, version 1."""
    texts = {"type": "array", "items": _TEXT}
    severity = {"enum": list(SEVERITIES)}
    location = _object(
        {"path": _TEXT, "line": _PLACE, "column": _PLACE, "end_line": _PLACE, "end_column": _PLACE}
    )
    role = {"enum": ["effective", "shadowed", "default", "used"]}
    provenance = {"type": "array", "items": _object({"path": _TEXT, "line": _PLACE, "role": role})}
    point = _object({"line": _PLACE, "column": _PLACE})
    edit = _object({"path": _TEXT, "start": point, "end": point, "replacement": _TEXT})
    edits = {"type": "array", "items": edit}
    fix = _object({"title": _TEXT, "safety": {"enum": ["safe", "unsafe"]}, "edits": edits})
    finding: dict[str, Any] = {
        "code": {"type": "string", "pattern": "^[A-Z]+[0-9]{3}$"},
        "name": _TEXT,
        "severity": severity,
        "confidence": {"enum": ["high", "medium", "low"]},
        "message": _TEXT,
        "setting": _TEXT,
        "concept": _TEXT,
        "profile": {"enum": ["production", "unknown", "development", "example", "test"]},
        "deployments": texts,
        "location": location,
        "provenance": provenance,
        "owasp": {"type": "array", "items": {"type": "string", "pattern": "^API[0-9]+:2023$"}},
        "cwe": {"type": "array", "items": _PLACE},
        "asvs": texts,
        "help_uri": {"type": "string", "format": "uri"},
        "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
        "fix": {"oneOf": [{"type": "null"}, fix]},
    }
    kind = {"enum": ["inline", "configuration", "baseline"]}
    nowhere = {"oneOf": [{"type": "null"}, location]}
    suppression = _object({"kind": kind, "reason": _TEXT, "location": nowhere})
    optional_text = {"type": ["string", "null"]}
    setting = {
        "deployment": _TEXT,
        "name": _TEXT,
        "concept": _TEXT,
        "type": _TEXT,
        "value": {},
        "unknown": optional_text,
        "error": optional_text,
        "location": location,
        "provenance": provenance,
    }
    problem = {"path": _TEXT, "line": {"type": ["integer", "null"], "minimum": 1}, "message": _TEXT}
    summary = {
        "files": _NUMBER,
        "deployments": _NUMBER,
        "findings": _object(dict.fromkeys(reversed(SEVERITIES), _NUMBER)),
        "suppressed": _NUMBER,
        "problems": _NUMBER,
    }
    document = {
        "version": {"const": 1},
        "tool": _object({"name": {"const": "secaudit"}, "version": _TEXT}),
        "summary": _object(summary),
        "findings": {"type": "array", "items": _object(finding)},
        "problems": {"type": "array", "items": _object(problem)},
        "suppressed": {
            "type": "array",
            "items": _object({**finding, "suppression": suppression}),
        },
        "settings": {"type": "array", "items": _object(setting)},
        "notes": texts,
    }
    return {"$schema": _SCHEMA, "title": "secaudit report", **_object(document)}


def _object(properties: dict[str, Any], required: list[str] | None = None) -> dict[str, Any]:
    """Return the schema of an object with exactly these properties, all required by default."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties) if required is None else required,
        "additionalProperties": False,
    }


def _json(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2) + "\n"


def main() -> None:
    """Write every file below the folder named on the command line, docs/reference by default."""
    from pathlib import Path  # noqa: PLC0415 - the generator only

    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/reference")
    for name, content in pages().items():
        (folder / name).write_text(content, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
