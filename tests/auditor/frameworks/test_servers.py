"""What application servers are told, in code and in their own configuration files."""

from collections.abc import Callable
from typing import Any

import pytest

from secaudit.facts import Setting
from secaudit.planning.server_files import meaning_of_key

Concepts = Callable[..., dict[str, list[Setting]]]

STARTED = {
    "uvicorn.Config": (
        "import uvicorn\nuvicorn.Config('a:b', reload=True, log_level='debug')\n",
        "uvicorn",
    ),
    "granian": (
        (
            "from granian import Granian\nfrom granian.constants import LogLevels\n"
            "Granian('a:b', reload=True, log_level=LogLevels.debug).serve()\n"
        ),
        "granian",
    ),
    "Hypercorn's attributes": (
        (
            "from hypercorn.config import Config\nconfig = Config()\n"
            "config.use_reloader = True\nconfig.loglevel = 'debug'\n"
        ),
        "hypercorn",
    ),
    "Hypercorn's mapping": (
        (
            "from hypercorn.config import Config\n"
            "config = Config.from_mapping({'use_reloader': True}, loglevel='debug')\n"
        ),
        "hypercorn",
    ),
}


@pytest.mark.parametrize(("source", "server"), STARTED.values(), ids=STARTED)
def test_a_server_that_code_starts(by_concept: Concepts, source: str, server: str) -> None:
    found = by_concept({"serve.py": source})
    reload, level = found["debug.reload"][0], found["debug.log_level"][0]
    assert (reload.value, reload.service, level.value) == (True, server, "debug")


def test_a_server_that_is_started_as_a_script_is_for_development(by_concept: Concepts) -> None:
    source = (
        "from hypercorn.config import Config\nif __name__ == '__main__':\n"
        "    config = Config()\n    config.use_reloader = True\n"
    )
    assert by_concept({"serve.py": source})["debug.reload"][0].service == "script"


def test_the_debugger_of_werkzeug(by_concept: Concepts) -> None:
    source = (
        "from werkzeug.serving import run_simple\n"
        "run_simple('0.0.0.0', 5000, None, use_debugger=True)\n"
    )
    found = by_concept({"dev.py": source})
    assert [found[name][0].value for name in ("debug.server", "debug.enabled")] == [True, True]


def test_the_proxies_of_waitress(by_concept: Concepts) -> None:
    source = "from waitress import serve\nserve(None, trusted_proxy='*')\n"
    assert by_concept({"serve.py": source})["proxy.trusted"][0].value == "*"


@pytest.mark.parametrize("version", ["ssl.PROTOCOL_TLSv1", "'TLSv1'"])
def test_the_protocol_of_gunicorn(by_concept: Concepts, version: str) -> None:
    found = by_concept({"gunicorn.conf.py": f"import ssl\nssl_version = {version}\n"})
    assert found["tls.minimum"][0].value.removeprefix("PROTOCOL_") == "TLSv1"


def test_a_configuration_of_gunicorn_is_known_by_its_names(by_concept: Concepts) -> None:
    source = "bind = '0.0.0.0:80'\nworkers = 2\ntimeout = 9\nloglevel = 'debug'\n"
    assert by_concept({"deploy/conf.py": source})["debug.log_level"][0].service == "gunicorn"
    few = by_concept({"deploy/conf.py": "bind = '0.0.0.0:80'\nloglevel = 'debug'\n"})
    assert "debug.log_level" not in few


def test_a_module_of_hypercorn(by_concept: Concepts) -> None:
    found = by_concept({"hypercorn_config.py": "use_reloader = True\ndebug = True\n"})
    assert found["debug.reload"][0].service == "hypercorn"
    assert "debug.enabled" not in found


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("use_reloader", True, ("debug.reload", True)),
        ("loglevel", "debug", ("debug.log_level", "debug")),
        ("debug", True, None),  # asyncio's, which clients do not see
        ("certfile", "c.pem", None),
    ],
)
def test_the_keys_of_hypercorn(key: str, value: Any, expected: object) -> None:  # noqa: ANN401 - TOML
    told = meaning_of_key(key, value)
    assert (told and (told[0].concept, told[1])) == expected
