"""Start scripts, Procfiles and units: what they run and give is what the service runs with."""

import pytest

from secaudit.planning.deployment import Deployment

from .conftest import Planner

CODE = {"app.py": "import os\nDEBUG = os.environ['DEBUG'] == '1'\n"}
START = '#!/bin/sh\nexport DEBUG=1\n: "${PORT:=80}"\nexport PORT\nexec gunicorn app:app --reload\n'


def said(one: Deployment) -> list[tuple[str, str, int]]:
    """Return the settings of a deployment's command with their places."""
    return [
        (setting.name, setting.location.path.rpartition("/")[2], setting.location.line)
        for setting in one.settings
        if setting.service == "server" or setting.group == "server"
    ]


def of(one: Deployment, name: str) -> list[object]:
    """Return the values of a variable, the effective one first."""
    return [candidate.value for candidate in one.environment.get(name, ())]


@pytest.mark.parametrize(
    "lines",
    [
        'COPY . .\nENTRYPOINT ["docker/start.sh"]',
        'COPY . .\nENTRYPOINT ["sh", "-e", "./docker/start.sh"]',
        "COPY . .\nCMD bash docker/start.sh",
        'COPY docker/start.sh /start\nENTRYPOINT ["tini", "--", "sh", "/start"]',
        'COPY docker/start.sh /start\nENTRYPOINT ["/start"]',
    ],
)
def test_the_script_of_an_image(planned: Planner, lines: str) -> None:
    image = f"FROM x\nWORKDIR /app\nENV DEBUG=0 PORT=90\n{lines}\n"
    (one,) = planned({**CODE, "docker/start.sh": START, "Dockerfile": image}).deployments
    assert said(one) == [("gunicorn --reload", "start.sh", 5)]
    assert of(one, "DEBUG") == ["1", "0"]  # the script's export replaces what the image gives
    assert of(one, "PORT") == ["90", "80"]  # its default does not


def test_the_script_of_a_compose_service(planned: Planner) -> None:
    files = {
        **CODE,
        "start.sh": START,
        "Dockerfile": "FROM x\nWORKDIR /app\nCOPY . .\nCMD gunicorn app:app\n",
        "compose.yml": "services:\n  web:\n    build: .\n    command: ./start.sh\n",
    }
    (one,) = planned(files).deployments
    assert said(one) == [("gunicorn --reload", "start.sh", 5)]
    assert of(one, "DEBUG") == ["1"]


def test_arguments_of_a_script_run_where_it_passes_them_on(planned: Planner) -> None:
    image = 'FROM x\nCOPY . .\nENTRYPOINT ["./start.sh"]\nCMD ["gunicorn", "a:b", "--reload"]\n'
    passing = {**CODE, "start.sh": '#!/bin/sh\nexec "$@"\n', "Dockerfile": image}
    (one,) = planned(passing).deployments
    assert said(one) == [("gunicorn --reload", "Dockerfile", 4)]
    (one,) = planned({**passing, "start.sh": "#!/bin/sh\nexec gunicorn a:b\n"}).deployments
    assert said(one) == []


def test_options_belong_to_the_command_they_stand_behind(planned: Planner) -> None:
    text = (
        "#!/bin/sh\ngunicorn a:b &\nother --reload\npython manage.py migrate\n"
        "python manage.py check && echo runserver\n"
    )
    image = 'FROM x\nCOPY . .\nENTRYPOINT ["./start.sh"]\n'
    (one,) = planned({**CODE, "start.sh": text, "Dockerfile": image}).deployments
    assert said(one) == []


def test_a_script_that_runs_itself_ends(planned: Planner) -> None:
    image = 'FROM x\nCOPY . .\nENTRYPOINT ["./start.sh"]\n'
    planned({**CODE, "start.sh": "#!/bin/sh\nexec ./start.sh\n", "Dockerfile": image})


def test_a_procfile_starts_the_code(planned: Planner) -> None:
    text = "beat: celery -A x --loglevel=debug\nweb: bash start.sh\n"
    code, beat = planned({**CODE, "start.sh": START, "Procfile": text}).deployments
    assert code.modules
    assert said(code) == [("gunicorn --reload", "start.sh", 5)]
    assert of(code, "DEBUG") == ["1"]
    assert said(beat) == [("celery --loglevel", "Procfile", 1)]
    assert beat.name == "Procfile beat"


def test_a_unit_starts_the_code(planned: Planner) -> None:
    text = (
        "[Service]\nWorkingDirectory=/srv/app\nEnvironment=DEBUG=1\n"
        "ExecStart=/srv/app/venv/bin/gunicorn --reload app:app\n"
    )
    (one,) = planned({**CODE, "deploy/app.service": text}).deployments
    assert said(one) == [("gunicorn --reload", "app.service", 4)]
    assert of(one, "DEBUG") == ["1"]


def test_a_unit_with_variables_that_nobody_sees_says_nothing(planned: Planner) -> None:
    text = (
        "[Service]\nEnvironment=DEBUG=1\nEnvironmentFile=-/etc/default/app\n"
        "ExecStart=/srv/app/venv/bin/gunicorn --reload app:app\n"
    )
    (one,) = planned({**CODE, "deploy/app.service": text}).deployments
    assert one.modules
    assert said(one) == []
    assert of(one, "DEBUG") == []


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ("set -a; . /etc/app/prod.vars; set +a", []),
        ("source ./prod.vars", []),
        (". ./.env", ["1"]),
        ("source venv/bin/activate", ["1"]),
        ("if [ -f x ]; then . ./x; fi", ["1"]),  # may not run, and what it exports stays a guess
    ],
)
def test_a_script_that_reads_files_nobody_sees_says_nothing(
    planned: Planner, line: str, seen: list[str]
) -> None:
    script = START.replace("export DEBUG", f"{line}\nexport DEBUG")
    image = 'FROM x\nCOPY . .\nENTRYPOINT ["./start.sh"]\n'
    (one,) = planned({**CODE, "start.sh": script, "Dockerfile": image}).deployments
    assert of(one, "DEBUG") == seen
