"""What ``secaudit explain`` shows: a rule, or where the value of a setting comes from."""

from collections.abc import Iterator, Sequence
from typing import Any

from secaudit import selection
from secaudit.errors import AuditError
from secaudit.facts import AS_VALUE, Candidate, Facts, Setting, Unknown
from secaudit.judging import HELP_URI
from secaudit.redaction import Secrets
from secaudit.registry import find
from secaudit.reporters.common import View, place, safe, wrapped
from secaudit.suggestions import nearest
from secaudit.vocabulary import CONCEPTS


def rule(subject: str, width: int) -> str:
    """Return the explanation of a rule, its prose in lines of a width.

    Raises:
        AuditError: when there is no such rule.
    """
    found = find(subject)
    if found is None:
        hint = selection.nearest_hint(subject)
        raise AuditError(f"no rule is called {subject!r}", f"{hint}; for a setting, name paths too")
    severities = ", ".join(
        f"{profile} {severity or 'off'}" for profile, severity in found.severities._asdict().items()
    )
    asvs = f"\nASVS 5.0.0: {', '.join(found.asvs)}" if found.asvs else ""
    title = _prose(f"{found.code} {found.name}: {found.summary}", width)
    head = (
        f"{title}\n\n"
        f"severity: {severities}\nconfidence: {found.confidence}\n"
        f"OWASP API Security Top 10: {', '.join(found.owasp)}\n"
        f"CWE: {', '.join(map(str, found.cwe))}{asvs}\nsince: {found.since}\n"
    )
    examples = "".join(
        f"\n{title}:\n{_files(examples[0].files)}"
        for title, examples in (("Bad", found.bad), ("Good", found.good))
        if examples
    )
    references = "".join(f"\n{reference}" for reference in found.references)
    uri = HELP_URI.format(code=found.code)
    paragraphs = found.explanation.strip().split("\n\n")
    explanation = "\n\n".join(_prose(paragraph, width) for paragraph in paragraphs)
    return f"{head}\n{explanation}\n{examples}{references}\n{uri}\n"


def _prose(text: str, width: int) -> str:
    return "\n".join(wrapped(text, 0, width))


def _files(files: dict[str, str]) -> str:
    return "".join(
        f"    # {path}\n"
        + "".join(f"    {line}".rstrip() + "\n" for line in text.rstrip("\n").split("\n"))
        for path, text in files.items()
    )


def setting(subject: str, facts: Sequence[Facts], secrets: Secrets, view: View) -> str:
    """Return the precedence chain of a setting in every deployment that has it.

    Raises:
        AuditError: when no deployment has it; a rule of that name is explained instead.
    """
    lines: list[str] = []
    for one in facts:
        for found in one.settings:
            if _is_meant(subject, found):
                lines += [*_chain(found, one, secrets, view), ""]
    if lines:
        return "\n".join(lines)
    if find(subject) is not None:
        return rule(subject, view.width)
    names = {name for one in facts for s in one.settings for name in (s.name, *s.variables)}
    near = nearest(subject, sorted(names))
    raise AuditError(f"no setting is called {subject!r}", f"did you mean {near}?" if near else "")


def _is_meant(subject: str, found: Setting) -> bool:
    wanted = subject.lower()
    names = [name.lower() for name in (found.name, *found.variables)]
    return wanted in names or names[0].endswith(f".{wanted}") or wanted == found.concept


def _chain(found: Setting, one: Facts, secrets: Secrets, view: View) -> Iterator[str]:
    yield f"{safe(secrets.text(found.name))} in {safe(one.deployment)} ({one.profile})"
    if isinstance(found.program_value, Unknown):
        yield f"  value     unknown: {safe(secrets.text(found.program_value.reason))}"
    else:
        yield f"  value     {_shown(secrets.value(found))}"
    if found.error is not None:
        yield f"  error     {safe(secrets.text(found.error))}"
    if found.type:
        yield f"  type      {safe(secrets.text(found.type))}"
    if found.concept:
        yield f"  meaning   {found.concept}: {CONCEPTS.get(found.concept, '')}"
    if found.variables:
        yield f"  variables {safe(', '.join(found.variables))}"
    for position, candidate in enumerate(found.candidates):
        state = "effective" if position == 0 else "shadowed"
        where = place(candidate.location) if candidate.location is not None else "--env"
        value = _candidate(found, candidate, secrets)
        arrow = "<-" if view.ascii else "←"
        yield f"  {position + 1:>2}. {state:<9} {value} {arrow} {candidate.layer} {where}"
    for used in found.used:
        yield f"  used at   {place(used)}"


def _candidate(found: Setting, candidate: Candidate, secrets: Secrets) -> str:
    if isinstance(candidate.value, Unknown):
        return f"unknown: {safe(secrets.text(candidate.value.reason))}"
    return _shown(secrets.value(found._replace(value=candidate.value, written=AS_VALUE)))


def _shown(value: Any) -> str:  # noqa: ANN401 - any JSON value
    return safe(value if isinstance(value, str) and value else repr(value))
