"""What a server's command gives its process: env files that it loads, variables that it sets.

Sources: uvicorn 0.54 (``Config``), granian 2.6 (``_internal.load_env``), Flask 3.1
(``cli.load_dotenv``), gunicorn 26 (``Arbiter.setup``), the python-dotenv command, uv's manual.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from secaudit.facts import Candidate, Setting, Unknown
from secaudit.location import Location
from secaudit.planning import commands, env_files, layers
from secaudit.planning.filesystem import Filesystem
from secaudit.planning.layers import EnvFileUse, Environment, Launched
from secaudit.planning.reading import Reader
from secaudit.planning.settings import written
from secaudit.planning.start_scripts import followed
from secaudit.syntax.text import Text

_DIALECT: Final = "python-dotenv"
_FILES: Final = {  # program: the options that name an env file
    "uvicorn": ("--env-file",),
    "granian": ("--env-files",),
    "flask": ("--env-file", "-e"),
    "uv": ("--env-file",),
    "dotenv": ("--file", "-f"),
}
_OWN_FIRST: Final = frozenset({"dotenv", "flask"})  # references see the file's own values first
_FIRST_WINS: Final = frozenset({"granian"})
_FOUND_BY_FLASK: Final = (".env", ".flaskenv")
_FLASK_DEBUG: Final = "FLASK_DEBUG"
_NO_DEBUG: Final = frozenset({"", "0", "false", "no"})
_DEBUG_OPTIONS: Final = frozenset({"--debug", "--no-debug"})


def launched(
    words: Sequence[Text], files: Filesystem, environment: Environment, reader: Reader
) -> Launched:
    """Return what a command does with the environment before the code runs.

    Args:
        words: the command.
        files: of the container it runs in.
        environment: that the command starts with, for references in env files.
        reader: for the env files of the project; others stay unread.
    """
    script = followed(words, files, reader)
    given = layers.merged([script.strong, environment, script.weak])

    def lookup(name: str) -> str | Unknown | None:
        found = given.get(name)
        value = found[0].value if found else None
        return value if isinstance(value, str | Unknown) or value is None else str(value)

    uses: list[EnvFileUse] = []
    words = commands.with_variables(script.words, given)
    strong: Environment = {}
    weak: list[Environment] = []
    for program, word in _named(words):
        path = files.source(word.value, reader.allowed)
        file = reader.env_file(path, _DIALECT) if path else None
        if path is None or file is None or any(use.path == path for use in uses):
            continue
        uses.append(EnvFileUse(path, _DIALECT, word.location))
        own = program in _OWN_FIRST
        found = env_files.candidates(file, lookup, layer="env-file", override=own)
        if program == "dotenv":
            strong = layers.merged([found, strong])
        else:
            weak.append(found)
    strong = layers.merged([_set(words), strong, script.strong])
    return Launched(strong, layers.merged([script.weak, *weak]), tuple(uses), tuple(words))


def debugging(words: Sequence[Text], environment: Environment) -> tuple[Setting, ...]:
    """Return the debug mode that ``flask run`` takes from the environment, whatever code says.

    An option of the command replaces the variable (flask 3.1, ``helpers.get_debug_flag``,
    ``cli.ScriptInfo.load_app``).
    """
    found = environment.get(_FLASK_DEBUG, ())
    place = found[0].location if found else None
    told = any(word.value in _DEBUG_OPTIONS for word in words)
    runs = any(setting.name == "flask run" for setting in commands.settings(words))
    if place is None or told or not runs:
        return ()
    read = [one._replace(value=_is_debug(one.value)) for one in found]
    beside = [one for one in read[1:] if one.location != place]  # a file that is given twice
    name, concept = _FLASK_DEBUG, "debug.enabled"
    return (written(name, concept, "server", place, read[0], *beside, service="flask"),)


def _is_debug(value: object) -> object:
    return value if isinstance(value, Unknown) else str(value).lower() not in _NO_DEBUG


def _named(words: Sequence[Text]) -> list[tuple[str, Text]]:
    """Return the env files that a command loads with the program that does, strongest first."""
    found: list[tuple[str, Text]] = []
    program = ""
    runs_flask: Text | None = None
    for position, word in enumerate(words):
        name = word.value.rpartition("/")[2]
        if name in _FILES:
            program = name
        elif program == "flask" and name == "run":
            runs_flask = word
        option, equals, text = word.value.partition("=")
        if option not in _FILES.get(program, ()):
            continue
        value = None
        if equals:
            value = Text(text, _end_of(word, text))
        elif position + 1 < len(words):
            value = words[position + 1]
        if value is not None and value.value:
            found.insert(len(found) if program in _FIRST_WINS else 0, (program, value))
    if runs_flask is not None:
        found += [("flask", Text(name, runs_flask.location)) for name in _FOUND_BY_FLASK]
    return found


def _end_of(word: Text, text: str) -> Location:
    place = word.location
    if place.line != place.end_line or place.end_column - place.column < len(text):
        return place
    return place._replace(column=place.end_column - len(text))


def _set(words: Sequence[Text]) -> Environment:
    """Return the variables that ``gunicorn -e NAME=value`` sets, the last of a name first."""
    found: Environment = {}
    for name, text, place in _pairs(words):
        value = Unknown("a variable of the container's shell") if "$" in text else text
        one = Candidate("process-environment", value, text, place, not isinstance(value, Unknown))
        found[name] = (one, *found.get(name, ()))
    return found


def _pairs(words: Sequence[Text]) -> Iterator[tuple[str, str, Location]]:
    names = [word.value.rpartition("/")[2] for word in words]
    start = names.index("gunicorn") + 1 if "gunicorn" in names else len(words)
    for position in range(start, len(words)):
        word = words[position]
        given = word.value.removeprefix("--env=") if word.value.startswith("--env=") else ""
        if word.value in {"-e", "--env"} and position + 1 < len(words):
            word = words[position + 1]
            given = word.value
        name, equals, value = given.partition("=")
        if equals and name:
            yield name, value, _end_of(word, value)
