"""A pytest plugin that runs, for each mutant, the tests that execute the changed statement.

The tests are collected and run once, whole. Each mutant is then installed in a forked child, by
giving the functions of the module their changed code, so that nothing is imported again.
"""

import gc
import mmap
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from types import CodeType, FrameType, FunctionType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol  # the only way to run one item and see its result

from .changes import Mutant

Place = tuple[str, int]
_REMEMBERED = 20  # what noticed the last mutants is likely to notice the next,
_LIKELY = 10  # and worth as many times the time of another test
_EXIT_FAILED = 1 << 8  # as waitpid tells the exit status 1


class Mutation:
    """Decides for each mutant whether a test fails; reads the results from ``verdicts``."""

    def __init__(self, mutants: list[Mutant], seconds: float) -> None:
        self.mutants = mutants
        self.seconds = seconds
        self.paths = {mutant.path for mutant in mutants}
        self.verdicts: dict[Mutant, str] = {}
        self.failed: list[str] = []  # tests that fail unbroken, or too slow when traced: left out
        self._ran: dict[int, tuple[float, set[Place]]] = {}
        self._killers: list[int] = []  # tests that noticed a mutant, the last one last
        self._shared = mmap.mmap(-1, mmap.PAGESIZE)  # where a child says which test failed

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run everything once, then the mutants."""
        for number, item in enumerate(session.items):
            self._run_traced(number, item)
        functions = self._functions()
        gc.freeze()  # children share the memory
        terminal = session.config.get_terminal_writer()
        for mutant in self.mutants:
            verdict = self._verdict(session, mutant, functions[mutant.path])
            self.verdicts[mutant] = verdict
            terminal.write("." if verdict == "killed" else "s")
        return True

    def _run_traced(self, number: int, item: pytest.Item) -> None:
        places: set[Place] = set()

        def trace(frame: FrameType, event: str, _argument: Any) -> Any:  # noqa: ANN401 - sys.settrace
            path = frame.f_code.co_filename
            if path not in self.paths:
                return None
            if event == "line":
                places.add((path, frame.f_lineno))
            return trace

        _forget_cached()
        sys.settrace(trace)
        started = time.process_time()
        try:
            reports = runtestprotocol(item, log=False)
        finally:
            sys.settrace(None)
        if any(report.failed for report in reports):
            self.failed.append(item.nodeid)
        elif all(report.passed for report in reports):
            self._ran[number] = (time.process_time() - started, places)

    def _functions(self) -> dict[str, list[FunctionType]]:
        found: dict[str, list[FunctionType]] = {path: [] for path in self.paths}
        for one in gc.get_objects():
            if isinstance(one, FunctionType) and one.__code__.co_filename in found:
                found[one.__code__.co_filename].append(one)
        return found

    def _verdict(
        self, session: pytest.Session, mutant: Mutant, functions: list[FunctionType]
    ) -> str:
        """Return "killed", "survived", or "unreached" if no test runs the statement."""
        wanted = {(mutant.path, line) for line in mutant.lines}
        numbers = [number for number, (_, places) in self._ran.items() if places & wanted]
        if not numbers:
            return "unreached"
        recent = self._killers[-_REMEMBERED:]
        numbers.sort(key=lambda one: self._ran[one][0] / (_LIKELY if one in recent else 1))
        child = os.fork()
        if child == 0:
            _install(mutant.code, functions)
            os._exit(self._noticed(session, numbers))
        _, status = os.waitpid(child, 0)
        if status == _EXIT_FAILED:
            self._killers.append(int.from_bytes(self._shared[:4], "big"))
        return "survived" if status == 0 else "killed"

    def _noticed(self, session: pytest.Session, numbers: list[int]) -> bool:
        """Say whether a test fails; an endless loop ends the process by its timer."""
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        _forget_cached()
        started = time.process_time()
        for number in numbers:
            signal.setitimer(signal.ITIMER_PROF, self.seconds + 10 * self._ran[number][0])
            if any(report.failed for report in runtestprotocol(session.items[number], log=False)):
                self._shared[:4] = number.to_bytes(4, "big")
                return True
            if time.process_time() - started > self.seconds:
                break
        return False


def _install(module: CodeType, functions: Iterable[FunctionType]) -> None:
    fresh = {(code.co_qualname, code.co_firstlineno): code for code in _codes(module)}
    for function in functions:
        code = function.__code__
        changed = fresh.get((code.co_qualname, code.co_firstlineno), code)
        if changed != code:
            function.__code__ = changed


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def _forget_cached() -> None:
    """Empty the caches of the auditor's functions, which hold what the code said before."""
    for name, module in list(sys.modules.items()):
        if name.startswith("secaudit"):
            for value in list(vars(module).values()):
                if hasattr(value, "cache_clear"):
                    value.cache_clear()
