"""A cold run costs at most what is promised, as a multiple of starting Python."""

import sys
from pathlib import Path

import pytest
from benchmarks.interleave import interleave
from benchmarks.trees import write_small_project

PROMISED = {"--version": 3.0, "config .env settings.py": 6.0}


@pytest.mark.nightly
def test_a_cold_run_costs_at_most_the_promised_multiple_of_starting_python(tmp_path: Path) -> None:
    write_small_project(tmp_path / "shop")
    python = [sys.executable, "-c", "pass"]
    commands = {words: [sys.executable, "-m", "secaudit", *words.split()] for words in PROMISED}
    timings = interleave({"": python, **commands}, rounds=20, cwd=str(tmp_path / "shop"))
    measured = {timing.name: timing.ratio for timing in timings if timing.name}
    assert {name: ratio for name, ratio in measured.items() if ratio > PROMISED[name]} == {}
