"""What the command of a container loads: env files of servers, and variables they set."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from secaudit.facts import Unknown
from secaudit.options import Declared
from secaudit.planning.deployment import Deployment

from .conftest import Planner

CODE = {"app.py": "import os\nA = os.getenv('A')\n"}


def of(deployment: Deployment, name: str = "A") -> list[object]:
    """Return the candidates of a variable, the effective one first."""
    return [one.value for one in deployment.environment.get(name, ())]


@pytest.mark.parametrize(
    "command",
    [
        "uvicorn app:app --env-file conf/prod.env",
        "uvicorn app:app --env-file=conf/prod.env --port 80",
        "/usr/local/bin/uvicorn --env-file ./conf/prod.env app:app",
        "/usr/local/bin/granian --env-files conf/prod.env app:app",
        "flask --env-file conf/prod.env run",
        "flask -e conf/prod.env run",
        "uv run --env-file conf/prod.env python app.py",
        'sh -c "exec uvicorn app:app --env-file conf/prod.env"',
        "uvicorn app:app --env-file /srv/conf/prod.env",
    ],
)
def test_a_command_loads_its_env_file_below_the_process_environment(
    planned: Planner, command: str
) -> None:
    files = {
        **CODE,
        "conf/prod.env": "A=file\nB=${A}\n",
        "Dockerfile": f"FROM x\nWORKDIR /srv\nCOPY . .\nENV A=image\nCMD {command}\n",
    }
    (one,) = planned(files).deployments
    assert of(one) == ["image", "file"]
    assert of(one, "B") == ["file" if command.startswith("flask") else "image"]
    assert (one.name, one.profile) == ("app.py with conf/prod.env", "production")


def test_a_compose_command_replaces_the_one_of_the_image(planned: Planner) -> None:
    files = {
        **CODE,
        "Dockerfile": "FROM x\nCOPY . .\nCMD uvicorn app:app --env-file a.env\n",
        "a.env": "A=a\n",
        "b.env": "A=b\n",
        "compose.yaml": (
            "services:\n  api:\n    build: .\n    command: uvicorn app:app --env-file b.env\n"
        ),
    }
    found = {one.name: of(one) for one in planned(files).deployments}
    assert found == {"compose.yaml api": ["b"], "app.py with a.env": ["a"]}


def test_of_several_files_the_server_decides_which_wins(planned: Planner) -> None:
    def first(command: str) -> object:
        files = {
            **CODE,
            "a.env": "A=a\n",
            "b.env": "A=b\n",
            "Dockerfile": f"FROM x\nCOPY . .\nCMD {command}\n",
        }
        (one,) = planned(files).deployments
        return of(one)[0]

    assert first("granian --env-files a.env --env-files b.env app:app") == "a"
    assert first("uv run --env-file a.env --env-file b.env app.py") == "b"


def test_flask_run_finds_its_files_and_the_given_one_is_stronger(planned: Planner) -> None:
    files = {
        **CODE,
        ".env": "A=env\nB=env\n",
        ".flaskenv": "A=flask\nB=flask\nC=flask\n",
        "own.env": "A=own\n",
        "Dockerfile": "FROM x\nCOPY . .\nCMD flask --env-file own.env run\n",
    }
    (one,) = planned(files).deployments
    assert (of(one)[0], of(one, "B")[0], of(one, "C")[0]) == ("own", "env", "flask")


def test_gunicorn_and_the_dotenv_command_replace_what_is_there(planned: Planner) -> None:
    def found(command: str) -> list[object]:
        files = {
            **CODE,
            "a.txt": "A=file\n",
            "Dockerfile": f"FROM x\nENV A=image\nCOPY . .\nCMD {command}\n",
        }
        (one,) = planned(files).deployments
        return of(one)

    assert found("gunicorn -e A=1 --env A=2 app:app") == ["2", "1", "image"]
    assert found("gunicorn --env=A=1 app:app") == ["1", "image"]
    assert found("dotenv -f a.txt run -- python app.py") == ["file", "image"]
    assert found("python app.py -e A=1") == ["image"]


def test_a_path_is_followed_through_the_copies_and_mounts(planned: Planner) -> None:
    files = {
        **CODE,
        "deploy/live.env": "A=copied\n",
        "local/mounted.env": "A=mounted\n",
        "Dockerfile": (
            "FROM x\nWORKDIR /srv\nCOPY deploy/live.env /etc/app/service.env\n"
            'COPY ["app.py", "deploy/live.env", "/opt/"]\n'
        ),
        "compose.yaml": (
            "services:\n"
            "  renamed:\n    build: .\n"
            "    command: uvicorn app:app --env-file /etc/app/service.env\n"
            "  listed:\n    build: .\n    command: uvicorn app:app --env-file ../opt/live.env\n"
            "  mounted:\n    build: .\n    command: uvicorn app:app --env-file m/mounted.env\n"
            "    working_dir: /\n    volumes: ['./local:/m:ro']\n"
            "  outside:\n    build: .\n    command: uvicorn app:app --env-file /etc/passwd\n"
        ),
    }
    found = {one.name.split()[1]: of(one) for one in planned(files).deployments}
    assert found == {
        "renamed": ["copied"],
        "listed": ["copied"],
        "mounted": ["mounted"],
        "outside": [],
    }


def test_what_a_launched_file_shows_by_itself_is_seen(planned: Planner) -> None:
    files = {
        **CODE,
        "a.env": "A=1\nA=2\nnot a line\n",
        "compose.yaml": "services:\n  api:\n    build: .\n    command: uvicorn --env-file a.env\n",
    }
    (one,) = planned(files).deployments
    kinds = {seen.kind for seen in one.observations}
    assert {"key-duplicate", "line-dropped"} <= kinds


def test_uvicorn_run_is_given_its_env_file_before_the_application(planned: Planner) -> None:
    code = "import os\nimport uvicorn\nA = os.getenv('A')\nuvicorn.run('app:a', env_file='x.env')\n"
    (one,) = planned({"app.py": code, "x.env": "A=file\n"}).deployments
    assert of(one) == ["file"]


@pytest.mark.parametrize(
    "command",
    [
        "uvicorn app:app --env-file",
        "gunicorn app:app -e",
        "gunicorn -e =x -e A app:app",
        "flask --app app db upgrade",
        "python -m http.server --env-file a.txt",
        "uvicorn app:app --env-file=",
    ],
)
def test_commands_that_load_and_set_nothing(planned: Planner, command: str) -> None:
    files = {**CODE, "a.txt": "A=file\n", "Dockerfile": f"FROM x\nCOPY . .\nCMD {command}\n"}
    (one,) = planned(files).deployments
    assert one.environment == {}
    assert one.name == "app.py"


def test_only_flask_run_finds_its_files(planned: Planner) -> None:
    files = {**CODE, ".flaskenv": "FLASK_APP=app\n", "Dockerfile": "FROM x\nCMD flask shell\n"}
    first, *_ = planned(files).deployments
    assert of(first, "FLASK_APP") == []


def test_a_variable_of_the_shell_is_unknown(planned: Planner) -> None:
    files = {**CODE, "Dockerfile": "FROM x\nCMD gunicorn -e A=$A -e B=b app:app\n"}
    (one,) = planned(files).deployments
    (unknown,), (known,) = one.environment["A"], one.environment["B"]
    assert isinstance(unknown.value, Unknown)
    assert (unknown.literal, known.literal) == (False, True)


def test_the_places_of_values_in_a_command(planned: Planner) -> None:
    command = '["gunicorn", "--env=A=long", "-e", "B=b", "app:app"]'
    files = {**CODE, "Dockerfile": f"FROM x\nCMD {command}\n"}
    (one,) = planned(files).deployments
    for name, text in (("A", "long"), ("B", "b")):
        place = one.environment[name][0].location
        column = f"CMD {command}".index(f"{name}={text}") + 3
        assert place is not None
        assert place[1:] == (2, column, 2, column + len(text))


def test_a_reference_to_an_unknown_variable_is_unknown(planned: Planner) -> None:
    files = {
        **CODE,
        "a.env": "A=${B}\n",
        "compose.yaml": (
            "services:\n  api:\n    build: .\n    environment:\n      B: ${MISSING:?no}\n"
            "    command: uvicorn app:app --env-file a.env\n"
        ),
    }
    (one,) = planned(files).deployments
    assert isinstance(one.environment["A"][0].value, Unknown)


RAW = "name = 'x'\nraw_env = ['A=1', f'B={name}', 'C', name, \"\"\"D=4\"\"\", 'É=é=5']\n"
READS = {"app.py": "import os\nA = os.environ['A']\n"}


def test_what_gunicorns_configuration_sets(planned: Planner) -> None:
    files = {**READS, "gunicorn.conf.py": RAW, ".env": "A=env\n"}
    (one,) = planned(files).deployments
    assert [candidate.value for candidate in one.environment["A"]] == ["1", "env"]
    assert isinstance(one.environment["B"][0].value, Unknown)
    assert {"C", "name", ""}.isdisjoint(one.environment)
    assert one.environment["D"][0].value == "4"
    last = one.environment["É"][0]
    assert last.location is not None
    assert (last.value, last.location.end_column - last.location.column) == ("é=5", 3)


def test_gunicorns_variables_are_weaker_than_given_ones(planned: Planner) -> None:
    files = {**READS, "gunicorn.conf.py": "raw_env = ['A=1']\n"}
    (one,) = planned(files, env=(("A", "given"),)).deployments
    assert [candidate.value for candidate in one.environment["A"]] == ["given"]


def test_gunicorns_variables_are_those_of_gunicorn(planned: Planner) -> None:
    compose = (
        "services:\n  web:\n    build: .\n    command: gunicorn app:app\n"
        "  worker:\n    build: .\n    command: python app.py\n"
    )
    files = {**READS, "gunicorn.conf.py": "raw_env = ['A=1']\n", "compose.yaml": compose}
    web, worker = planned(files).deployments
    assert web.environment["A"][0].value == "1"
    assert "A" not in worker.environment


def test_gunicorns_configuration_alone_is_a_deployment_of_its_variables(planned: Planner) -> None:
    plan = planned({"gunicorn.conf.py": "raw_env = ['DEBUG=1']\n"})
    alone = [one for one in plan.deployments if not one.modules]
    assert [one.environment["DEBUG"][0].value for one in alone] == ["1"]


FLASK = {"wsgi.py": "from flask import Flask\napp = Flask(__name__)\napp.debug = False\n"}
IMAGE = "FROM x\nCOPY . .\n{}CMD {}\n"
COMPOSE = "services:\n  web:\n    build: .\n    command: {}\n"


def debug(deployments: Iterable[Deployment]) -> list[tuple[str, int, list[object]]]:
    """Return the debug modes that commands take from variables: file, line and candidates."""
    return [
        (Path(one.location.path).name, one.location.line, [each.value for each in one.candidates])
        for deployment in deployments
        for one in deployment.settings
        if one.name == "FLASK_DEBUG" and (one.concept, one.service) == ("debug.enabled", "flask")
    ]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {".env": "FLASK_DEBUG=1\n", ".flaskenv": "FLASK_DEBUG=0\n"}
            | {"Dockerfile": IMAGE.format("", "python -m flask run")},
            (".env", 1, [True, False]),
        ),
        (
            {"Dockerfile": IMAGE.format("ENV FLASK_DEBUG=on\n", "flask db upgrade && flask run")},
            ("Dockerfile", 3, [True]),
        ),
        (
            {".env": "FLASK_DEBUG=1\n", "Dockerfile": "FROM x\nCOPY . .\n"}
            | {"compose.yml": COMPOSE.format("flask run") + "    env_file: .env\n"},
            (".env", 1, [True]),
        ),
        (
            {"Dockerfile": "FROM x\nCOPY . .\n"}
            | {"compose.yml": COMPOSE.format("flask run\n    environment: [FLASK_DEBUG=No]")},
            ("compose.yml", 5, [False]),
        ),
        (
            {"Procfile": "web: flask run\n", ".flaskenv": "FLASK_DEBUG=1\n"},
            (".flaskenv", 1, [True]),
        ),
    ],
)
def test_flask_run_takes_its_debug_mode_from_the_environment(
    planned: Planner, files: dict[str, str], expected: tuple[str, int, list[object]]
) -> None:
    assert debug(planned(FLASK | files).deployments) == [expected]


@pytest.mark.parametrize(
    "command",
    ["flask run --no-debug", "flask --debug run", "flask db upgrade && uv run gunicorn wsgi:app"],
)
def test_a_debug_mode_that_flask_run_does_not_take(planned: Planner, command: str) -> None:
    files = {"Dockerfile": IMAGE.format("ENV FLASK_DEBUG=1\n", command)}
    assert not debug(planned(FLASK | files).deployments)


def test_a_declared_deployment_has_the_debug_mode_of_its_image(planned: Planner) -> None:
    files = {"Dockerfile": IMAGE.format("ENV FLASK_DEBUG=1\n", "flask run")}
    declared = (Declared("live", "", (), (), "production"),)
    found = planned(FLASK | files, deployments=declared).deployments
    assert ("Dockerfile", 3, [True]) in debug([one for one in found if one.name == "live"])
