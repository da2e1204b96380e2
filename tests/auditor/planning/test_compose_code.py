"""Compose services as deployments of the code: which of them run it, and what it finds there."""

from pathlib import Path

import pytest

from .conftest import Planner, seen, service, values

CODE = {"app/settings.py": "import os\nSECRET_KEY = os.environ['SECRET_KEY']\n"}


def test_services_that_run_the_code(planned: Planner) -> None:
    text = (
        "services:\n"
        "  web:\n    build: ./backend\n    image: me/app\n"
        "  worker:\n    image: me/app\n    command: celery -A app worker\n"
        "  mounted:\n    image: python:3.13\n    command: python -m app\n"
        "    volumes: ['./backend:/srv']\n"
        "  front:\n    build: ./frontend\n    environment: {VITE: 1}\n"
        "  db:\n    image: postgres\n    environment: {POSTGRES_PASSWORD: x}\n"
    )
    files = {
        "compose.yaml": text,
        "backend/app/settings.py": "import os\nDEBUG = os.getenv('DEBUG')\n",
        "backend/requirements.txt": "",
        "frontend/package.json": "{}",
        "frontend/Dockerfile": "FROM node\n",
        "backend/Dockerfile": "FROM python\n",
    }
    plan = planned(files)
    runs = {one.name.rpartition(" ")[2]: bool(one.modules) for one in plan.deployments}
    assert runs == {"web": True, "worker": True, "mounted": True, "front": False, "db": False}
    assert service(plan, "web").root.endswith("backend")


def test_a_foreign_image_reads_its_own_variables_of_a_shared_env_file(planned: Planner) -> None:
    text = (
        "services:\n  api:\n    build: .\n    env_file: .env\n"
        "  db:\n    image: postgres:16\n    env_file: .env\n    environment: {OWN: 1}\n"
    )
    files = {"compose.yaml": text, ".env": "SECRET_KEY=x\nPOSTGRES_PASSWORD=x\n"}
    plan = planned({**files, **CODE})
    assert set(values(service(plan, "db"))) == {"POSTGRES_PASSWORD", "OWN"}
    assert set(values(service(plan, "api"))) == {"POSTGRES_PASSWORD", "SECRET_KEY"}


def test_without_code_every_variable_counts(planned: Planner) -> None:
    text = "services:\n  db:\n    image: postgres\n    env_file: .env\n"
    plan = planned({"compose.yaml": text, ".env": "SECRET_KEY=x\n"})
    assert set(values(service(plan, "db"))) == {"SECRET_KEY"}


def test_the_leaf_that_the_variables_name_runs(planned: Planner) -> None:
    django = "INSTALLED_APPS = []\nMIDDLEWARE = []\n"
    files = {
        "compose.yaml": (
            "services:\n  api:\n    build: .\n    environment:\n"
            "      DJANGO_SETTINGS_MODULE: conf.production\n"
        ),
        "conf/base.py": django,
        "conf/local.py": "from .base import *\nDEBUG = True\n",
        "conf/production.py": "from .base import *\nDEBUG = False\n",
    }
    (one,) = planned(files).deployments
    assert (one.selected, one.profile) == ("conf.production", "production")


LOADS = {"app.py": "import os\nfrom dotenv import load_dotenv\nload_dotenv()\nos.getenv('A')\n"}
BUILT = "services:\n  api:\n    build: .\n    environment: {B: 1}\n"


@pytest.mark.parametrize(
    ("files", "hidden"),
    [
        ({"Dockerfile": "FROM x\nCOPY app.py /\n"}, True),
        ({"Dockerfile": "FROM x\nCOPY . /srv\n"}, False),
        ({"Dockerfile": "FROM x\nCOPY . /srv\n", ".dockerignore": ".env\n"}, True),
        ({"Dockerfile": "FROM x\nCOPY . /srv\n", ".dockerignore": "*\n!app.py\n"}, True),
        ({"Dockerfile": "FROM x\n", "compose.yaml": BUILT + "    volumes: ['.:/srv']\n"}, False),
    ],
)
def test_env_files_that_code_finds_in_the_container(
    planned: Planner, files: dict[str, str], *, hidden: bool
) -> None:
    plan = planned({**LOADS, "compose.yaml": BUILT, ".env": "A=1\n", **files})
    absent = [Path(path).name for path in service(plan, "api").absent]
    assert absent == ([".env"] if hidden else [])


def test_an_example_given_to_a_service_is_told(planned: Planner) -> None:
    text = "services:\n  api:\n    image: x\n    env_file:\n      - .env.example\n"
    plan = planned({"compose.yaml": text, ".env.example": "A=1\n"})
    (one,) = plan.deployments
    (found,) = seen(one, "example-loaded")
    assert (found.location.line, found.detail["loader"]) == (5, "compose")
    assert one.profile == "unknown"


def test_lines_that_compose_reads_otherwise_than_the_code(planned: Planner) -> None:
    files = {
        "app.py": "from decouple import config\nDEBUG = config('DEBUG')\n",
        "compose.yaml": "services:\n  api:\n    build: .\n    env_file: .env\n",
        ".env": "DEBUG=False # off\nA=1\nB={{ b }} # b\n",
        "Dockerfile": "FROM x\n",
    }
    (found,) = seen(service(planned(files), "api"), "line-differs")
    assert (found.subject, found.detail["dialect"], found.detail["other"]) == (
        "DEBUG",
        "decouple",
        "compose",
    )


SHOP = (
    "import os\nfrom environs import Env\nenv = Env()\n"
    "with env.prefixed('APP_'):\n    HOSTS = env.list('HOSTS')\nDEBUG = os.environ['DEBUG']\n"
)


@pytest.mark.parametrize(
    ("service", "runs"),
    [
        ("    image: acme/shop:1\n    command: gunicorn shop.wsgi:app -w 4\n", True),
        ("    image: acme/shop:1\n    command: python -m flask db upgrade\n", False),
        ("    image: acme/shop:1\n    command: gunicorn other.wsgi:app\n", False),
        ("    image: acme/shop:1\n    command: echo shop.settings\n", False),
        ("    image: acme/shop:1\n    environment: {APP_HOSTS: '*', DEBUG: '1'}\n", True),
        ("    image: acme/shop:1\n    environment: {APP_HOSTS: '*'}\n", False),
        (
            (
                "    image: acme/ui:1\n"
                "    environment: {APP_HOSTS: '*', DEBUG: '1', A: b, C: d, E: f}\n"
            ),
            False,
        ),
        ("    image: postgres:17\n    environment: {APP_HOSTS: '*', DEBUG: '1'}\n", False),
    ],
)
def test_an_image_that_is_built_elsewhere_may_hold_the_code(
    planned: Planner, service: str, *, runs: bool
) -> None:
    files = {"shop/settings.py": SHOP, "compose.yaml": f"services:\n  web:\n{service}"}
    found = [one for one in planned(files).deployments if one.name.startswith("compose.yaml")]
    assert any(one.modules for one in found) is runs
    alone = [one for one in planned(files).deployments if one.modules and one not in found]
    assert bool(alone) is not runs


def test_a_settings_module_of_django_names_the_code(planned: Planner) -> None:
    django = "INSTALLED_APPS = []\nMIDDLEWARE = []\n"
    compose = (
        "services:\n  web:\n    image: acme/shop:1\n"
        "    environment: {DJANGO_SETTINGS_MODULE: shop.settings.dev}\n"
    )
    files = {
        "shop/settings/dev.py": django,
        "shop/settings/live.py": django,
        "docker-compose.prod.yml": compose,
    }
    (one,) = planned(files).deployments
    assert (one.profile, one.selected) == ("production", "shop.settings.dev")
