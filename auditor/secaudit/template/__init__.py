"""`secaudit template`: a generated project held against the template it follows, offline."""

import os
from collections.abc import Iterator

from secaudit import configuration, judging, selection, suppression
from secaudit.discovery import Project, Root
from secaudit.errors import AuditError
from secaudit.facts import Facts, Observation
from secaudit.finding import Problem
from secaudit.options import Options
from secaudit.outcome import report_of
from secaudit.pipeline import Audit
from secaudit.redaction import Secrets
from secaudit.template import advisories, agreement, answers, environment, leftovers, ownership
from secaudit.template.answers import Answers
from secaudit.template.knowledge import Knowledge, shipped
from secaudit.template.versions import Version

__all__ = ["check"]


def check(folder: str, options: Options, knowledge: Knowledge | None = None) -> Audit:
    """Check a generated project.

    Args:
        folder: the project, where `.copier-answers.yml` lies.
        options: format, threshold and selection of the run.
        knowledge: hashes and advisories; those that secaudit was built with when not given.

    Raises:
        AuditError: the folder holds no project generated from secure-api.
    """
    known = shipped() if knowledge is None else knowledge
    given = answers.read(folder)
    root = given.folder
    chosen = selection.chosen(options.select, options.ignore, template=True)
    problems: list[Problem] = []
    observations = tuple(_observations(given, known, problems))
    facts = [Facts("", "unknown", (), observations)]
    secrets = answers.secrets(given)
    judged = judging.judge(facts, chosen, options.pedantic, [root], secrets)
    project = Project((Root(root, ()),), tuple(problems))
    outcome = suppression.apply(_with_owasp(judged, observations), (), project, options)
    remarks = suppression.facts_of(outcome.remarks, chosen, options.pedantic, {"unknown"})
    unused = judging.judge([remarks], chosen, options.pedantic, [root], secrets)
    report = report_of(
        files=(),
        facts=(),
        findings=[one.finding for one in outcome.open + unused],
        suppressed=outcome.suppressed,
        problems=problems,
        notes=_notes(given, known),
        settings=(),
        secrets=secrets,
    )
    files = tuple(sorted(ownership.compared(given, known)))
    open_now = tuple(outcome.open + unused)
    return Audit(report._replace(files=files), open_now, tuple(facts), secrets, project)


def options_of(folder: str, given: dict[str, object]) -> Options:
    """Return the options of a run: command line over the project's configuration over default."""
    found = configuration.load([folder], "", isolated=False)
    return Options()._replace(**{**found.fields, **given})


def _observations(
    given: Answers, known: Knowledge, problems: list[Problem]
) -> Iterator[Observation]:
    """Yield everything that the checks see; what cannot be read becomes a problem."""
    checks = (
        advisories.lacking(given, known),
        ownership.changed(given, known, problems),
        leftovers.left(given.folder, problems),
        agreement.contradicted(given, known),
        answers.leaked(given),
        environment.out_of_step(given),
    )
    for one in checks:
        try:
            yield from one
        except AuditError as error:
            problems.append(Problem(error.path or given.path, error.line, error.message))


def _with_owasp(
    judged: list[judging.Judged], observations: tuple[Observation, ...]
) -> list[judging.Judged]:
    """Give each advisory's finding the OWASP item of the advisory."""
    items = {
        seen.subject: (seen.detail["owasp"],)
        for seen in observations
        if seen.kind == "advisory-lacking"
    }
    return [
        one._replace(finding=one.finding._replace(owasp=items[one.finding.setting]))
        if one.finding.setting in items
        else one
        for one in judged
    ]


def _notes(given: Answers, known: Knowledge) -> Iterator[str]:
    """Yield which version the project follows, and what could not be compared for it."""
    version = given.version
    shown = given.text("_commit") or "unversioned"
    name = os.path.basename(given.folder)  # noqa: PTH119 - pathlib costs start-up
    yield f"{name} follows template version {shown}; secaudit knows versions to {known.version}"
    if version is None:
        yield "the version is no release: files are compared with the newest, advisories are not"
    elif version.release > Version.parse(known.version).release:
        yield "the project is newer than this secaudit: files and advisories were not compared"
