"""One audit from paths to a report: one call a stage, read from top to bottom."""

from collections.abc import Callable, Iterable, Sequence

from secaudit import discovery, evaluation, judging, planning, redaction, selection, suppression
from secaudit.facts import Facts
from secaudit.finding import Report
from secaudit.judging import Judged
from secaudit.options import Options
from secaudit.outcome import effective_settings, report_of
from secaudit.planning import Deployment
from secaudit.records import NamedTuple

Watch = Callable[[Sequence[Deployment]], Iterable[Deployment]]


class Audit(NamedTuple):
    """A report, and what the shell needs beside it: values for a baseline, sources for excerpts."""

    report: Report
    judged: tuple[Judged, ...]
    facts: tuple[Facts, ...]
    secrets: redaction.Secrets
    project: discovery.Project


def audit(paths: Sequence[str], options: Options) -> Report:
    """Audit files and folders and return what there is to report.

    Raises:
        AuditError: for a misuse: nothing to audit, an unknown rule, an unreadable baseline.
    """
    return run(paths, options).report


def run(paths: Sequence[str], options: Options, watch: Watch = iter) -> Audit:
    """Audit files and folders; ``watch`` sees the deployments go by. Raises as ``audit`` does."""
    chosen = selection.chosen(options.select, options.ignore)
    project = discovery.discover(paths, options)
    plan = planning.plan(project, options)
    evaluator = evaluation.Evaluator(project)
    evaluated = [evaluator.evaluate(one) for one in watch(plan.deployments)]
    opened = {path for one in evaluated for path in one.opened}
    unopened = [deployment for path, deployment in plan.named if path not in opened]
    evaluated += [evaluator.evaluate(one) for one in unopened]

    facts = [one.facts for one in evaluated]
    secrets = redaction.collect(facts)
    roots = [root.path for root in project.roots]
    judged = judging.judge(facts, chosen, options.pedantic, roots, secrets)

    faulty = [one.finding.location.path for one in judged]
    opened_files = discovery.pulled(project, (one.opened for one in evaluated), faulty)
    files = [*project.files(), *opened_files]
    outcome = suppression.apply(judged, files, project, options)
    profiles = {one.profile for one in facts}
    remarks = suppression.facts_of(outcome.remarks, chosen, options.pedantic, profiles)
    judged = outcome.open + judging.judge([remarks], chosen, options.pedantic, roots, secrets)
    suppressed = outcome.suppressed
    if options.baseline:
        from secaudit import baseline  # noqa: PLC0415 - json and scrypt only for a baseline

        judged, recorded = baseline.split(judged, options.baseline)
        suppressed = suppressed + recorded

    report = report_of(
        files=files,
        facts=facts,
        findings=[one.finding for one in judged],
        suppressed=suppressed,
        problems=[*project.problems, *plan.problems, *(p for e in evaluated for p in e.problems)],
        notes=[*project.notes, *plan.notes, *(note for e in evaluated for note in e.notes)],
        settings=effective_settings(facts, secrets) if options.show_settings else (),
        secrets=secrets,
    )
    return Audit(report, tuple(judged), tuple(facts), secrets, project)
