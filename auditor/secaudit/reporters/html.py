"""One self-contained HTML page: scorecard, findings with provenance, effective settings."""

from collections.abc import Iterator
from html import escape
from typing import Final

from secaudit import __version__
from secaudit.finding import Finding, Report
from secaudit.outcome import relative
from secaudit.reporters.common import (
    View,
    counts,
    instead,
    is_left_out,
    place,
    plural,
    rank,
    role_of,
    safe,
    scorecard,
    stated,
    why,
)
from secaudit.reporters.settings import by_deployment, origins, shown_value
from secaudit.reporters.text import summary

_STYLE: Final = """
:root{color-scheme:light dark;--fg:#1d2330;--dim:#5b6577;--bg:#fff;--card:#f5f7fa;--line:#d9dee7;
--critical:#a1123f;--high:#c2410c;--medium:#92610a;--low:#0b6b8a;--info:#5b6577;--good:#1b7a43}
@media(prefers-color-scheme:dark){:root{--fg:#e6e9ef;--dim:#9aa4b5;--bg:#12161d;--card:#1b212b;
--line:#323b49;--critical:#ff7b9c;--high:#ff9a62;--medium:#f0bd55;--low:#62c8ea;--info:#9aa4b5;
--good:#5fd28f}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:64rem;padding:1.5rem 1rem 4rem;color:var(--fg);background:var(--bg);
font:1rem/1.5 system-ui,sans-serif}
h1{font-size:1.5rem;margin:0}h2{font-size:1.2rem;margin:2.2rem 0 .7rem}
a{color:inherit}p{margin:.4rem 0}.dim{color:var(--dim)}
.counts{display:flex;flex-wrap:wrap;gap:.5rem;margin:1rem 0;padding:0;list-style:none}
.counts li{flex:1 1 5.5rem;padding:.5rem .75rem;border:1px solid var(--line);border-radius:.5rem;
background:var(--card)}
.counts b{display:block;font-size:1.5rem;line-height:1.2}
.critical{color:var(--critical)}.high{color:var(--high)}.medium{color:var(--medium)}
.low{color:var(--low)}.info{color:var(--info)}.good{color:var(--good)}
article{margin:.9rem 0;padding:.8rem 1rem;border:1px solid var(--line);border-radius:.5rem;
border-left:.35rem solid currentColor;background:var(--card)}
article>*{color:var(--fg)}article h3{margin:0;font-size:1rem}
article h3 span{text-transform:uppercase;font-size:.75rem;letter-spacing:.05em;margin-right:.4rem}
code,pre{font:.875rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
code{overflow-wrap:anywhere}
pre{margin:.6rem 0;padding:.5rem .75rem;border:1px solid var(--line);border-radius:.35rem;
background:var(--bg);overflow-x:auto}
pre mark{background:none;color:inherit;text-decoration:underline wavy var(--critical);
text-underline-offset:.2em}
ul.steps{margin:.4rem 0;padding-left:1.2rem}
.table{overflow-x:auto}
table{width:100%;border-collapse:collapse;font-size:.925rem}
th,td{padding:.35rem .6rem .35rem 0;text-align:left;vertical-align:top;
border-bottom:1px solid var(--line)}
@media(max-width:40rem){table.stack thead{position:absolute;clip-path:inset(50%);height:1px;
overflow:hidden}
table.stack tr,table.stack td{display:block;border:0;padding:.05rem 0}
table.stack tr{padding:.5rem 0;border-bottom:1px solid var(--line)}
table.stack td[data-label]:not(:empty)::before{content:attr(data-label) " ";color:var(--dim)}}
"""
_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>secaudit report</title>
<style>{style}</style>
</head>
<body>
{body}
</body>
</html>
"""


def render(report: Report, view: View) -> str:
    """Return a page that loads nothing and runs nothing."""
    body = [
        "<header><h1>secaudit report</h1>",
        f'<p class="dim">{_text(summary(report))}. secaudit {__version__}.</p></header>',
        *_counts(report),
        *_scorecard(report),
        *_findings(report, view),
        *_problems(report),
        *_suppressed(report),
        *(_settings(report) if view.show_settings else ()),
    ]
    return _PAGE.format(style=_STYLE, body="\n".join(body))


def _text(text: str) -> str:
    return escape(safe(text))


def _prose(text: str) -> str:
    """Escape a text, turning its backtick spans into code."""
    parts = [_text(part) for part in text.split("`")]
    return "".join(
        f"<code>{part}</code>" if position % 2 else part for position, part in enumerate(parts)
    )


def _counts(report: Report) -> Iterator[str]:
    yield '<ul class="counts" aria-label="Findings by severity">'
    for severity, count in counts(report).items():
        style = severity if count else "dim"
        yield f'<li class="{style}"><b>{count}</b>{severity}</li>'
    yield "</ul>"


def _scorecard(report: Report) -> Iterator[str]:
    yield '<section><h2>OWASP API Security Top 10 (2023)</h2><table class="stack"><thead>'
    yield "<tr><th>item</th><th>about</th><th>result</th></tr></thead><tbody>"
    for row in scorecard(report):
        if row.number:
            found = f"{plural(row.number, 'finding')}, worst {row.worst}"
            state = f'<b class="{row.worst}">{found}</b>'
        elif row.judged:
            state = '<span class="good">no finding</span>'
        else:
            state = '<span class="dim">not visible in settings</span>'
        yield f"<tr><td>{row.item}</td><td>{_text(row.title)}</td><td>{state}</td></tr>"
    yield "</tbody></table></section>"


def _findings(report: Report, view: View) -> Iterator[str]:
    yield "<section><h2>Findings</h2>"
    if not report.findings:
        yield '<p class="good">No finding.</p>'
    for finding in sorted(report.findings, key=rank):
        yield from _finding(finding, view)
    yield "</section>"


def _finding(finding: Finding, view: View) -> Iterator[str]:
    yield f'<article class="{finding.severity}" id="{_text(finding.fingerprint)}">'
    label = f'<span class="{finding.severity}">{finding.severity}</span>'
    link = f'<a href="{_text(finding.help_uri)}" rel="noreferrer">{_text(finding.code)}</a>'
    yield f"<h3>{label}{link} {_text(finding.name)}</h3>"
    names = ", ".join(name for name in finding.deployments if name)
    where = f" in {_text(names)} ({_text(finding.profile)})" if names else ""
    yield f'<p><code>{_text(place(finding.location))}</code><span class="dim">{where}</span></p>'
    yield f"<p>{_prose(stated(finding))}</p>"
    excerpt = view.excerpt(finding.location)
    if excerpt is not None:
        text, start, end = excerpt.text, excerpt.start, excerpt.end
        marked = _text(text[start:end])
        if not is_left_out(finding):
            marked = f"<mark>{marked}</mark>"
        yield f"<pre>{excerpt.line} │ {_text(text[:start])}{marked}{_text(text[end:])}</pre>"
    if finding.provenance:
        steps = "".join(
            f"<li>{role_of(step, finding)} <code>{_text(place(step.location))}</code></li>"
            for step in finding.provenance
        )
        yield f'<ul class="steps">{steps}</ul>'
    yield f'<p class="dim">{_prose(why(finding.code))}</p>'
    yield f"<p>{_prose(instead(finding))}</p></article>"


def _problems(report: Report) -> Iterator[str]:
    if report.problems:
        yield "<section><h2>Problems</h2><ul>"
        for one in report.problems:
            line = f":{one.line}" if one.line else ""
            yield f"<li><code>{_text(relative(one.path))}{line}</code> {_text(one.message)}</li>"
        yield "</ul></section>"


def _suppressed(report: Report) -> Iterator[str]:
    if report.suppressed:
        yield "<section><h2>Suppressed</h2><ul>"
        for one in report.suppressed:
            where = f"<code>{_text(place(one.finding.location))}</code>"
            reason = f"{_text(one.reason)} <span class='dim'>({one.kind})</span>"
            yield f"<li>{_text(one.finding.code)} at {where}: {reason}</li>"
        yield "</ul></section>"


def _settings(report: Report) -> Iterator[str]:
    for deployment, settings in by_deployment(report):
        yield f"<section><h2>Effective settings of {_text(deployment)}</h2>"
        yield '<div class="table"><table class="stack"><thead><tr><th>setting</th><th>value</th>'
        yield "<th>type</th><th>where from</th></tr></thead><tbody>"
        for one in settings:
            yield (
                f"<tr><td><code>{_text(one['name'])}</code></td>"
                f'<td data-label="value"><code>{escape(shown_value(one))}</code></td>'
                f'<td data-label="type">{_text(one["type"])}</td>'
                f'<td data-label="from">{"<br>".join(map(escape, origins(one)))}</td></tr>'
            )
        yield "</tbody></table></div></section>"
