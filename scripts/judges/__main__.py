"""`make security`: judges that nobody here wrote look at a generated service while it runs.

Run with ``python -m scripts.judges [fastapi|starlette|code|transport|behaviour|awake ...]``: both
frameworks and every panel unless some are named. A judge that cannot run
has not passed: it says why, and the exit status is 1.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from scripts.judges.api import judge_awake, judge_behaviour
from scripts.judges.code import judge_code
from scripts.judges.service import generate
from scripts.judges.transport import judge_transport
from scripts.judges.verdict import Verdict

PANELS: Final[dict[str, Callable[[Path, Path], Iterator[Verdict]]]] = {
    "code": judge_code,
    "transport": judge_transport,
    "behaviour": judge_behaviour,
    "awake": judge_awake,
}

FRAMEWORKS: Final = ("fastapi", "starlette")


def main() -> int:
    """Hear every panel that is named, or all, and return the exit status."""
    named = sys.argv[1:]
    if unknown := [name for name in named if name not in {*PANELS, *FRAMEWORKS}]:
        known = ", ".join((*FRAMEWORKS, *PANELS))
        print(f"judges: {', '.join(unknown)} is none of {known}")
        return 2
    frameworks = [name for name in FRAMEWORKS if name in named] or list(FRAMEWORKS)
    panels = [name for name in PANELS if name in named] or list(PANELS)
    failed = 0
    with tempfile.TemporaryDirectory(prefix="judges-") as name:
        for framework in frameworks:
            print(f"-- {framework}", flush=True)
            project = generate(Path(name), framework)
            for panel in panels:
                failed += sum(not each.passed for each in _hear(panel, project, Path(name)))
    print(f"judges: {failed or 'none'} not passed")
    return 1 if failed else 0


def _hear(panel: str, project: Path, scratch: Path) -> Iterator[Verdict]:
    """Yield the verdicts of a panel as they come, with what could not run as one that failed."""
    started = time.monotonic()
    try:
        for verdict in PANELS[panel](project, scratch):
            _tell(verdict, time.monotonic() - started)
            yield verdict
            started = time.monotonic()
    except (OSError, RuntimeError, ValueError, subprocess.SubprocessError) as error:
        verdict = Verdict(panel, passed=False, summary="could not run", output=str(error))
        _tell(verdict, time.monotonic() - started)
        yield verdict


def _tell(verdict: Verdict, seconds: float) -> None:
    word = "pass" if verdict.passed else "FAIL"
    print(f"{word}  {verdict.judge}: {verdict.summary} ({seconds:.0f} s)", flush=True)
    if not verdict.passed:
        print(verdict.output[-6000:], flush=True)


if __name__ == "__main__":
    sys.exit(main())
