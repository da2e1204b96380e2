"""From facts to findings: the rules run, and one fault at one place becomes one finding."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from secaudit.digest import sha256
from secaudit.facts import Facts, Observation, Setting
from secaudit.finding import SEVERITIES, Edit, Finding, Fix, Severity
from secaudit.location import Location, Step
from secaudit.records import NamedTuple
from secaudit.redaction import Secrets
from secaudit.registry import load
from secaudit.rule import Match, Rule, is_absent

HELP_URI: Final = "https://github.com/org/secure-api/blob/main/docs/reference/rules/{code}.md"
_FINGERPRINT_VERSION: Final = "1"


class Judged(NamedTuple):
    """A finding, and the value it rests on as text; only the baseline's salted hash sees that."""

    finding: Finding
    evidence: str


class _Seen(NamedTuple):
    rule: Rule
    match: Match
    deployment: str
    profile: str
    severity: Severity


def judge(
    facts: Sequence[Facts],
    chosen: Collection[str],
    pedantic: bool,  # noqa: FBT001 - an option handed through
    roots: Sequence[str],
    secrets: Secrets,
) -> list[Judged]:
    """Run the rules on every deployment and merge what they see.

    Args:
        facts: one per deployment.
        chosen: the codes of the rules that run.
        pedantic: also run the pedantic rules.
        roots: the folders of the projects, which fingerprints start from.
        secrets: what messages are cleaned of, should a rule slip.
    """
    seen: dict[tuple[str, Location, str], list[_Seen]] = {}
    for one in facts:
        concepts = {setting.concept for setting in one.settings}
        kinds = {observation.kind for observation in one.observations}
        for rule in load(chosen, concepts, kinds):
            if rule.pedantic and not pedantic:
                continue
            for match in rule.check(one):
                place = match.location or match.subject.location
                profile = _profile(one.profile, place)
                severity = rule.severity_of(match, profile)
                if severity is None:
                    continue
                key = (rule.code, place, _distinct(match.subject))
                seen.setdefault(key, []).append(
                    _Seen(rule, match, one.deployment, profile, severity)
                )
    return [_merge(place, group, roots, secrets) for (_, place, _), group in seen.items()]


def _profile(profile: str, place: Location) -> str:
    """Return the profile a fault is judged in: that of its module's name where nothing else tells.

    ``config/dev.py`` is for development as long as no deployment says that production runs it.
    Flask's modules of settings are often called ``production.cfg``.
    """
    name = place.path.rpartition("/")[2]
    if profile != "unknown" or not name.endswith((".py", ".cfg")):
        return profile
    from secaudit.planning import profiles  # noqa: PLC0415 - it imports options, which import this

    named = profiles.of_file(name)
    return profile if named == profiles.EXAMPLE else named


def _merge(place: Location, group: list[_Seen], roots: Sequence[str], secrets: Secrets) -> Judged:
    """Make one finding of what several deployments show at one place; the worst one speaks."""
    worst = max(group, key=lambda seen: SEVERITIES.index(seen.severity))
    rule, match = worst.rule, worst.match
    name = _name(match.subject)
    steps = [step for seen in (worst, *group) for step in provenance(seen.match)]
    finding = Finding(
        code=rule.code,
        name=rule.name,
        severity=worst.severity,
        confidence=match.confidence or rule.confidence,
        message=secrets.text(match.message),
        setting=secrets.text(name),
        concept=match.subject.concept if isinstance(match.subject, Setting) else "",
        profile=worst.profile,
        deployments=tuple(dict.fromkeys(seen.deployment for seen in group)),
        location=place,
        provenance=tuple(dict.fromkeys(steps)),
        owasp=rule.owasp,
        cwe=rule.cwe,
        asvs=rule.asvs,
        help_uri=HELP_URI.format(code=rule.code),
        fingerprint=fingerprint(rule.code, place.path, name, roots),
        fix=_clean_fix(match.fix, secrets),
    )
    return Judged(finding, evidence(match.subject))


def provenance(match: Match) -> list[Step]:
    """Return the places a finding rests on, the strongest first."""
    steps = list(setting_steps(match.subject)) if isinstance(match.subject, Setting) else []
    return steps + [Step(place, "used") for place in match.related]


def setting_steps(setting: Setting) -> Iterable[Step]:
    """Yield the places of a setting: what is effective, what it shadows, where it is used.

    The flags that chose a value are as effective as the place where it is written.
    """
    for position, candidate in enumerate(setting.candidates):
        if candidate.location is None:
            continue
        if position > 0:
            yield Step(candidate.location, "shadowed")
        else:
            is_default = candidate.layer == "library-default"
            yield Step(candidate.location, "default" if is_default else "effective")
    for place in setting.choices:
        yield Step(place, "effective")
    for place in setting.used:
        yield Step(place, "used")


def fingerprint(code: str, path: str, setting: str, roots: Sequence[str]) -> str:
    """Return the identity of a finding: never its value, line or prose."""
    within = [root for root in roots if path.startswith(root.rstrip("/") + "/")]
    root = max(within, key=len, default="")
    relative = path[len(root) :].lstrip("/").replace("\\", "/")
    text = f"{_FINGERPRINT_VERSION}\0{code}\0{relative}\0{setting}"
    return sha256(text)[:32]


def evidence(subject: Setting | Observation) -> str:
    """Return the value a finding rests on as text, the same in every run."""
    if isinstance(subject, Setting):
        return _canonical(subject.value)
    return _canonical({key: value for key, value in subject.detail.items() if key != "first"})


def _canonical(value: Any) -> str:  # noqa: ANN401 - any value of a setting
    if isinstance(value, dict):
        pairs = sorted(f"{_canonical(key)}: {_canonical(item)}" for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, set | frozenset):
        return "{" + ", ".join(sorted(map(_canonical, value))) + "}"
    if isinstance(value, list | tuple) and not isinstance(value, Location):
        return "[" + ", ".join(map(_canonical, value)) + "]"
    return repr(value)


def _clean_fix(fix: Fix | None, secrets: Secrets) -> Fix | None:
    return fix._replace(title=secrets.text(fix.title)) if fix is not None else None


def _distinct(subject: Setting | Observation) -> str:
    """Return what tells two faults at one place apart: nothing where one written value is both.

    A value that reaches several settings is one fault; what is absent is anchored at the place
    where it would be written, which other absent settings share.
    """
    written = isinstance(subject, Setting) and not is_absent(subject)
    return "" if written else _name(subject)


def _name(subject: Setting | Observation) -> str:
    return subject.name if isinstance(subject, Setting) else subject.subject


def shown_edit(edit: Edit) -> str:
    """Return the replacement of an edit as reports show it."""
    return "<generated>" if edit.secret else edit.replacement
