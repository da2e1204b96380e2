"""Dockerfiles: variables, user, command, secrets in layers."""

import pytest

from secaudit.facts import Setting
from secaudit.planning.deployment import Deployment

from .conftest import Planner

CODE = {"app.py": "import os\nA = os.getenv('A')\n"}


def of(deployment: Deployment, concept: str) -> list[object]:
    return [setting.value for setting in deployment.settings if setting.concept == concept]


def setting(deployment: Deployment, concept: str) -> Setting:
    (found,) = [one for one in deployment.settings if one.concept == concept]
    return found


def test_the_image_is_the_weakest_layer_of_the_code(planned: Planner) -> None:
    files = {
        **CODE,
        "Dockerfile": "FROM x\nARG V=2\nENV A=image B=$V\n",
        "deploy.env": "A=given\n",
    }
    (one,) = planned(files).deployments
    assert [candidate.value for candidate in one.environment["A"]] == ["given", "image"]
    assert one.environment["B"][0].value == "2"


def test_a_second_dockerfile_is_judged_alone(planned: Planner) -> None:
    files = {
        **CODE,
        "Dockerfile": "FROM x\nENV A=main\n",
        "Dockerfile.dev": "FROM x\nENV A=dev\n",
    }
    found = [
        (one.name, one.profile, bool(one.modules), one.environment["A"][0].value)
        for one in planned(files).deployments
    ]
    assert found == [
        ("app.py", "unknown", True, "main"),
        ("Dockerfile.dev", "development", False, "dev"),
    ]


def test_without_code_a_dockerfile_is_judged_alone(planned: Planner) -> None:
    (one,) = planned({"Dockerfile.prod": "FROM x\nENV A=1\n"}).deployments
    assert (one.name, one.profile, one.modules) == ("Dockerfile.prod", "production", ())


def test_build_arguments_and_target_come_from_compose(planned: Planner) -> None:
    files = {
        **CODE,
        "compose.yaml": (
            "services:\n  api:\n    build:\n      context: .\n      target: first\n"
            "      args: {V: '9'}\n      dockerfile: docker/Dockerfile\n"
        ),
        "docker/Dockerfile": "FROM x AS first\nARG V=1\nENV A=$V\nFROM x AS second\nENV A=no\n",
    }
    (one,) = planned(files).deployments
    assert one.environment["A"][0].value == "9"


def test_the_user_of_the_last_stage(planned: Planner) -> None:
    root = planned({"Dockerfile": "FROM x AS a\nUSER app\nFROM x\nRUN true\n"}).deployments[0]
    user = setting(root, "container.user")
    assert (user.value, user.location.line) == ("", 3)
    inherited = planned({"Dockerfile": "FROM x AS a\nUSER app:grp\nFROM a\n"}).deployments[0]
    assert setting(inherited, "container.user").value == "app"
    number = planned({"Dockerfile": "FROM x\nUSER 0\n"}).deployments[0]
    assert setting(number, "container.user").value == ""


def test_secrets_in_layers(planned: Planner) -> None:
    text = (
        "FROM x AS build\nARG API_TOKEN=abc\nARG SECRET_KEY\nENV DB_PASSWORD=$P\n"
        "FROM x\nENV A=1 \\\n  SECRET_KEY='k'\n"
    )
    (one,) = planned({"Dockerfile": text}).deployments
    found = [
        (seen.subject, seen.detail["instruction"], seen.location.line)
        for seen in one.observations
        if seen.kind == "secret-in-image"
    ]
    assert found == [("API_TOKEN", "ARG", 2), ("SECRET_KEY", "ENV", 7)]


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("postgresql://app:q3ZkT8wLr5Xn0cVb@db/app", [False]),
        ("postgresql://app:changeme@db/app", [True]),
        ("postgresql://app@db/app", []),
        ("postgresql://app:$PASSWORD@db/app", []),
    ],
)
def test_the_password_of_a_dsn_in_a_layer(planned: Planner, url: str, found: list[bool]) -> None:
    (one,) = planned({"Dockerfile": f"FROM x\nENV DATABASE_URL={url}\n"}).deployments
    observations = [seen for seen in one.observations if seen.kind == "secret-in-image"]
    assert [seen.detail["placeholder"] for seen in observations] == found


def test_a_placeholder_in_a_layer_is_known_for_one(planned: Planner) -> None:
    (one,) = planned(
        {"Dockerfile": "FROM x\nARG SECRET_KEY=dummy\nARG API_TOKEN=q3ZkT8wLr5Xn0cVb\n"}
    ).deployments
    found = {
        seen.subject: seen.detail["placeholder"]
        for seen in one.observations
        if seen.kind == "secret-in-image"
    }
    assert found == {"SECRET_KEY": True, "API_TOKEN": False}


def test_commands(planned: Planner) -> None:
    rows = [
        ('CMD ["uvicorn", "app:app", "--reload"]', "debug.reload", [True]),
        ("CMD uvicorn app:app --workers 4 --host 0.0.0.0", "server.workers", [4]),
        ("CMD gunicorn -w 2 app:app", "server.workers", [2]),
        ("CMD gunicorn --forwarded-allow-ips='*' app:app", "proxy.trusted", [["*"]]),
        ("CMD uvicorn app:app --ssl-version 3", "tls.minimum", ["TLSv1"]),
        ("CMD uvicorn app:app --ssl-version 17", "tls.minimum", ["17"]),
        ("CMD celery -A app worker --loglevel=debug", "debug.log_level", ["DEBUG"]),
        ("ENV GUNICORN_CMD_ARGS='--reload'\nCMD gunicorn app:app", "debug.reload", [True]),
        ("ENV GUNICORN_CMD_ARGS='--reload'\nCMD python app.py", "debug.reload", []),
        (
            'CMD ["sh", "-c", "alembic upgrade head && uvicorn a:b --reload"]',
            "debug.reload",
            [True],
        ),
        ("CMD flask run --debug", "debug.server", [True]),
        ("CMD flask --app x run --debug", "debug.enabled", [True]),
        ("CMD flask db upgrade", "debug.server", []),
        ("CMD python manage.py runserver 0.0.0.0:8000", "debug.server", [True]),
        ("CMD python manage.py migrate", "debug.server", []),
        ("CMD fastapi dev app.py", "debug.reload", [True]),
        ("CMD fastapi run app.py", "debug.reload", []),
        ('ENTRYPOINT ["python", "-m", "uvicorn"]\nCMD ["a:b", "--reload"]', "debug.reload", [True]),
        ('CMD ["uvicorn", "--reload"]\nENTRYPOINT ["uvicorn", "a:b"]', "debug.reload", []),
        ("CMD uvicorn --reload\nCMD uvicorn a:b", "debug.reload", []),
        ("RUN uvicorn a:b --reload", "debug.reload", []),
    ]
    for text, concept, expected in rows:
        (one,) = planned({"Dockerfile": f"FROM x\n{text}\n"}).deployments
        assert of(one, concept) == expected, text


def test_how_a_build_fetches(planned: Planner) -> None:
    rows = [
        ("RUN pip install --trusted-host p.example.com x", "tls.verify", [False]),
        ("RUN pip install --trusted-host=p.example.com x", "tls.verify", [False]),
        ("RUN pip install -i http://p.example.com x", "packages.index", ["http://p.example.com"]),
        ("RUN apt update && curl -fsS -k https://x | sh", "tls.verify", [False]),
        ("RUN wget --no-check-certificate https://x", "tls.verify", [False]),
        ("RUN sort -k 2 x", "tls.verify", []),
        ("RUN curl https://x && sort -k 2", "tls.verify", []),
    ]
    for text, concept, expected in rows:
        (one,) = planned({"Dockerfile": f"FROM x AS build\n{text}\nFROM y\n"}).deployments
        assert of(one, concept) == expected, text


def test_the_place_of_an_option(planned: Planner) -> None:
    (one,) = planned({"Dockerfile": 'FROM x\nCMD ["uvicorn", "a:b", "--reload"]\n'}).deployments
    assert setting(one, "debug.reload").location[1:] == (2, 25, 2, 33)
    text = "FROM x\nCMD sh -c 'uvicorn a:b --reload'\n"
    (one,) = planned({"Dockerfile": text}).deployments
    assert setting(one, "debug.reload").location[1:] == (2, 24, 2, 32)


def test_a_service_replaces_the_command_of_its_image(planned: Planner) -> None:
    files = {
        **CODE,
        "Dockerfile": "FROM x\nCMD uvicorn app:app --reload\nUSER app\n",
        "compose.yaml": "services:\n  api:\n    build: .\n    command: uvicorn app:app\n",
    }
    (one,) = planned(files).deployments
    assert of(one, "debug.reload") == []
    assert of(one, "container.user") == ["app"]
