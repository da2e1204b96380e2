"""JUnit XML: a failed test case for every finding, a skipped one for what is suppressed."""

from html import escape

from secaudit.finding import Finding, Report
from secaudit.outcome import relative
from secaudit.reporters.common import View, place, remedy, safe, stated, why


def render(report: Report, view: View) -> str:
    """Return one test suite; a clean run has one passing test case."""
    del view  # the document depends on the report alone
    cases = [_failed(finding) for finding in report.findings]
    cases += [
        f"{_case(one.finding)}\n      <skipped message={_attribute(one.reason)}/>\n    </testcase>"
        for one in report.suppressed
    ]
    cases += [
        f'    <testcase classname="secaudit.problem" name={_attribute(relative(problem.path))}>\n'
        f"      <error message={_attribute(problem.message)}/>\n    </testcase>"
        for problem in report.problems
    ]
    if not cases:
        cases = ['    <testcase classname="secaudit" name="no finding"/>']
    head = (
        f'name="secaudit" tests="{len(cases)}" failures="{len(report.findings)}" '
        f'errors="{len(report.problems)}" skipped="{len(report.suppressed)}"'
    )
    body = "\n".join(cases)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites {head}>\n'
        f"  <testsuite {head}>\n{body}\n  </testsuite>\n</testsuites>\n"
    )


def _failed(finding: Finding) -> str:
    text = f"{place(finding.location)}: {why(finding.code)} {remedy(finding.code)}".strip()
    return (
        f"{_case(finding)}\n"
        f"      <failure type={_attribute(finding.severity)} message={_attribute(stated(finding))}>"
        f"{escape(safe(text), quote=False)}</failure>\n    </testcase>"
    )


def _case(finding: Finding) -> str:
    path = relative(finding.location.path)
    name = f"{finding.code} {finding.name} at {place(finding.location)}"
    return (
        f'    <testcase classname="secaudit.{finding.code}" name={_attribute(name)} '
        f'file={_attribute(path)} line="{finding.location.line}">'
    )


def _attribute(text: str) -> str:
    return f'"{escape(safe(text))}"'
