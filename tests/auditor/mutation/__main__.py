"""Break the auditor in many small ways and count what its tests notice.

From the repository: ``PYTHONPATH=tests/auditor python -m mutation rules tests/auditor/rules``, with
the part of the package to break and the tests to run. ``--sample 150`` takes that many mutants at
random. What is printed besides the score are the mutants that no test notices.
"""

import argparse
import os
import random
import sys
import tempfile
from pathlib import Path

import pytest

from .changes import mutants
from .running import Mutation

PACKAGE = Path(__file__).parents[3] / "auditor/secaudit"


def main() -> int:
    """Print the score of one part and its survivors; 1 if no test can be run."""
    parser = argparse.ArgumentParser(prog="mutation", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("part", help="a folder or module below auditor/secaudit, such as rules")
    parser.add_argument("tests", nargs="+", help="paths of tests, as for pytest")
    parser.add_argument("--sample", type=int, help="take this many mutants only")
    parser.add_argument("--seed", type=int, default=1, help="of the choice")
    parser.add_argument("--seconds", type=float, default=5, help="processor time for a mutant")
    given = parser.parse_args()
    where = PACKAGE / given.part
    files = sorted(where.rglob("*.py")) if where.is_dir() else [where]
    found = [one for path in files for one in mutants(str(path), path.read_text(encoding="utf-8"))]
    if given.sample and given.sample < len(found):
        found = sorted(random.Random(given.seed).sample(found, given.sample), key=found.index)  # noqa: S311 - a sample
    plugin = Mutation(found, given.seconds)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = folder
        words = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", f"--basetemp={folder}/tests"]
        words += ["-o", "tmp_path_retention_policy=failed"]
        pytest.main([*words, *given.tests], plugins=[plugin])
    for name in plugin.failed:
        sys.stdout.write(f"\nleft out, since it fails unbroken: {name}")
    if not plugin.verdicts:
        return 1
    verdicts = list(plugin.verdicts.values())
    killed = verdicts.count("killed")
    sys.stdout.write(f"\n{given.part}: {killed}/{len(verdicts)}\n")
    for mutant, verdict in plugin.verdicts.items():
        if verdict != "killed":
            path = Path(mutant.path).relative_to(PACKAGE)
            sys.stdout.write(f"  {path}:{mutant.what} {verdict}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
