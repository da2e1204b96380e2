"""CORS settings of an application that installs nothing which would read them."""

from typing import TYPE_CHECKING, Final

from secaudit.evaluation.judged import without_meaning
from secaudit.evaluation.runtime import Interpreter
from secaudit.patterns import lazy

if TYPE_CHECKING:
    from secaudit.evaluation.collecting import Collector

_INSTALLS: Final = lazy(r"(?i)middleware|flask_cors|quart_cors|access-control|CORS\(|CORSConfig")
_SPEAKS: Final = lazy(r"(?i)cors|origin")


def mute(interpreter: Interpreter, collector: "Collector") -> None:
    """Take the meaning from CORS settings when code makes an application and nobody asks for them.

    A module that only defines them says nothing; one that speaks of origins may use them.
    """
    held = [
        (index, one)
        for index, one in enumerate(collector.settings)
        if one.concept.startswith("cors.")
    ]
    places = {one.path for _, setting in held for one in (setting.location, *setting.used)}
    for path, module in interpreter.modules.items():
        if (_INSTALLS if path in places else _SPEAKS).search(module.syntax.text):
            return
    for index, setting in held:
        collector.settings[index] = without_meaning(setting)
        if setting.value:
            reason = "no middleware for CORS is installed"
            name = setting.name
            interpreter.observe("setting-inert", setting.location, name, name=name, reason=reason)
