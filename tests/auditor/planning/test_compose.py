"""Compose services as deployments: merged, interpolated, layered as Compose does it."""

from itertools import pairwise
from pathlib import Path

import pytest

from secaudit.facts import Candidate, Observation, Unknown
from secaudit.planning import Plan
from secaudit.planning.deployment import Deployment

from .conftest import Planner

EVERYWHERE = "0.0.0.0"  # noqa: S104 - what Compose binds by default
CODE = {"app/settings.py": "import os\nSECRET_KEY = os.environ['SECRET_KEY']\n"}


def service(plan: Plan, name: str, files: str = "") -> Deployment:
    """Return the deployment of a service (of a group of files)."""
    wanted = [
        one
        for one in plan.deployments
        if one.name.split(" (")[0].endswith(f" {name}") and files in one.name
    ]
    assert len(wanted) == 1, [one.name for one in plan.deployments]
    return wanted[0]


def values(deployment: Deployment) -> dict[str, object]:
    return {name: found[0].value for name, found in deployment.environment.items()}


def only(plan: Plan) -> dict[str, object]:
    return values(service(plan, "api"))


def compose(environment: str) -> str:
    return f"services:\n  api:\n    image: x\n    environment:\n{environment}"


def seen(deployment: Deployment, kind: str) -> list[Observation]:
    return [one for one in deployment.observations if one.kind == kind]


def place(candidate: Candidate) -> tuple[object, ...]:
    assert candidate.location
    return (Path(candidate.location.path).name, *candidate.location[1:])


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("A: plain", "plain"),
        ("A: 'it''s'", "it's"),
        ("A: 017", "15"),
        ("A: yes", "yes"),
        ("A: true", "true"),
        ("A: 1.50", "1.5"),
        ("A: 1e3", "1000"),
        ("A: ${SET}", "s"),
        ("A: $SET/x", "s/x"),
        ("A: ${SET:-d}${EMPTY:-d}${EMPTY-d}${NOPE-d}", "sdd"),
        ("A: ${SET:+y}${EMPTY:+y}${EMPTY+y}${NOPE+y}", "yy"),
        ("A: ${NOPE}", ""),
        ("A: ${NOPE:-${SET}}", "s"),
        ("A: a$$b", "a$b"),
        ("A: ${SET:?must}", "s"),
        ("- A=plain", "plain"),
        ('- A="quoted"', '"quoted"'),
        ("- 'A=x=y'", "x=y"),
        ("- A=", ""),
        ("- A=${NOPE:-d}", "d"),
    ],
)
def test_values(planned: Planner, line: str, expected: str) -> None:
    files = {"compose.yaml": compose(f"      {line}\n"), ".env": "SET=s\nEMPTY=\n"}
    assert only(planned(files)) == {"A": expected}


@pytest.mark.parametrize(
    ("line", "span"),
    [
        ("A: secret", (5, 10, 5, 16)),
        ("A: 'secret'", (5, 10, 5, 18)),
        ("- A=secret", (5, 11, 5, 17)),
        ('- "A=secret"', (5, 12, 5, 18)),
    ],
)
def test_the_place_of_a_value(planned: Planner, line: str, span: tuple[int, ...]) -> None:
    one = service(planned({"compose.yaml": compose(f"      {line}\n")}), "api")
    assert place(one.environment["A"][0]) == ("compose.yaml", *span)


def test_a_reference_has_the_place_of_its_variable_and_shadows_its_default(
    planned: Planner,
) -> None:
    files = {"compose.yaml": compose("      A: ${KEY:-changeme}\n"), ".env": "KEY=real\n"}
    first, second = service(planned(files), "api").environment["A"]
    assert (first.value, place(first), first.literal) == ("real", (".env", 1, 5, 1, 9), True)
    assert (second.value, second.layer) == ("changeme", "default")
    (default,) = service(
        planned({"compose.yaml": compose("      A: ${K:-changeme}\n")}), "api"
    ).environment["A"]
    assert (default.value, default.literal) == ("changeme", True)


def test_the_shell_is_stronger_than_the_env_file_of_the_project(planned: Planner) -> None:
    files = {"compose.yaml": compose("      A: ${KEY}\n"), ".env": "KEY=file\n"}
    assert only(planned(files, env=(("KEY", "shell"),)))["A"] == "shell"


def test_a_missing_required_variable_is_unknown(planned: Planner) -> None:
    found = only(planned({"compose.yaml": compose("      A: ${KEY:?set it}\n")}))["A"]
    assert found == Unknown("KEY is required: set it")


def test_a_key_without_value_is_passed_through(planned: Planner) -> None:
    text = compose("      GIVEN:\n      NOPE:\n")
    files = {"compose.yaml": text, ".env": "GIVEN=x\n"}
    assert only(planned(files)) == {"GIVEN": "x"}
    listed = compose("      - GIVEN\n      - NOPE\n")
    assert only(planned({"compose.yaml": listed})) == {"GIVEN": "x"}


def test_the_project_env_file_is_not_passed_to_the_container(planned: Planner) -> None:
    files = {"compose.yaml": compose("      A: ${KEY}\n"), ".env": "KEY=x\nSECRET_KEY=y\n"}
    assert set(only(planned(files))) == {"A"}


def test_environment_beats_env_files_of_which_the_last_wins(planned: Planner) -> None:
    text = (
        "services:\n  api:\n    build: .\n    env_file:\n      - one.env\n"
        "      - path: two.env\n        required: false\n      - path: nope.env\n"
        "    environment: {A: env}\n"
    )
    files = {
        **CODE,
        "compose.yaml": text,
        "one.env": "A=1\nB=1\nC=1\nD=${B}\n",
        "two.env": "A=2\nB=2\nE=${A}${C}\n",
        "Dockerfile": "FROM x\nENV C=image F=image\n",
    }
    plan = planned(files)
    one = service(plan, "api")
    assert values(one) == {"A": "env", "B": "2", "C": "1", "D": "1", "E": "env1", "F": "image"}
    assert [candidate.value for candidate in one.environment["A"]] == ["env", "2", "1"]
    assert [candidate.value for candidate in one.environment["C"]] == ["1", "image"]
    assert [other.name for other in plan.deployments] == [one.name], "no env file is judged alone"


def test_a_raw_env_file_is_not_interpreted(planned: Planner) -> None:
    text = (
        "services:\n  api:\n    image: x\n    env_file: [{path: raw.env, format: raw}, plain.env]\n"
    )
    files = {"compose.yaml": text, "raw.env": 'A="1"\n', "plain.env": 'B="1"\n'}
    assert only(planned(files)) == {"A": '"1"', "B": "1"}


def test_anchors_and_merge_keys(planned: Planner) -> None:
    text = (
        "x-env: &env {A: 1, B: 1}\nservices:\n  api:\n    image: x\n"
        "    environment:\n      <<: *env\n      B: 2\n"
    )
    assert only(planned({"compose.yaml": text})) == {"A": "1", "B": "2"}


BASE = (
    "services:\n  api:\n    build: .\n    command: uvicorn app:app\n    environment: [A=1, B=1]\n"
    "    env_file: base.env\n    ports: ['8000:8000', '5000:5000']\n"
)


def test_an_override_without_its_base_is_one_developers(planned: Planner) -> None:
    text = "services:\n  api:\n    environment: {DEBUG: 1}\n"
    (one,) = planned({"docker-compose.override.yml": text}).deployments
    assert one.profile == "development"
    (one,) = planned({"docker-compose.override.yml": text.replace("1", "1, ENV: prod")}).deployments
    assert one.profile == "production"


def test_the_override_file_is_merged(planned: Planner) -> None:
    over = (
        "services:\n  api:\n    command: [uvicorn, app:app, --reload]\n"
        "    environment: {B: 2, C: 2}\n    ports: ['9000:9000']\n    env_file: [over.env]\n"
    )
    files = {
        **CODE,
        "docker-compose.yml": BASE,
        "docker-compose.override.yml": over,
        "base.env": "D=base\nE=base\n",
        "over.env": "E=over\n",
    }
    plan = planned(files)
    one = service(plan, "api")
    assert one.profile == "unknown", "an override has the profile of the merged deployment"
    assert values(one) == {"A": "1", "B": "2", "C": "2", "D": "base", "E": "over"}
    assert [port.detail["port"] for port in seen(one, "port-published")] == [8000, 5000, 9000]
    assert [setting.concept for setting in one.settings if setting.group == "server"] == [
        "debug.reload"
    ]


def test_reset_and_override_tags(planned: Planner) -> None:
    over = (
        "services:\n  api:\n    environment: !override {C: 3}\n    ports: !reset []\n"
        "    env_file: !reset null\n"
    )
    files = {
        **CODE,
        "compose.yaml": BASE,
        "compose.override.yaml": over,
        "base.env": "D=base\n",
    }
    one = service(planned(files), "api")
    assert values(one) == {"C": "3"}
    assert seen(one, "port-published") == []


def test_a_partial_production_file_lies_over_the_base(planned: Planner) -> None:
    files = {
        **CODE,
        "docker-compose.yml": BASE,
        "docker-compose.override.yml": "services:\n  api:\n    environment: {A: override}\n",
        "docker-compose.prod.yml": "services:\n  api:\n    environment: {A: prod}\n",
    }
    plan = planned(files)
    development = service(plan, "api", "override")
    production = service(plan, "api", "prod")
    assert (development.profile, values(development)["A"]) == ("unknown", "override")
    assert (production.profile, values(production)["A"]) == ("production", "prod")
    assert values(production)["B"] == "1"


def test_a_complete_production_file_stands_alone(planned: Planner) -> None:
    files = {
        **CODE,
        "docker-compose.yml": BASE,
        "docker-compose.prod.yml": "services:\n  api:\n    build: .\n    environment: {Z: 1}\n",
    }
    assert values(service(planned(files), "api", "prod")) == {"Z": "1"}


def test_extends_and_include(planned: Planner) -> None:
    files = {
        "compose.yaml": (
            "include:\n  - sub/other.yaml\n"
            "services:\n  base:\n    image: x\n    environment: {A: 1, B: 1}\n"
            "  api:\n    extends: {service: remote, file: sub/common.yaml}\n"
            "    environment: {B: 2}\n"
            "  two:\n    extends: base\n    environment: [B=3]\n"
        ),
        "sub/common.yaml": (
            "services:\n  remote:\n    image: x\n    env_file: far.env\n"
            "    environment: {A: far, B: far}\n"
        ),
        "sub/other.yaml": "services:\n  third:\n    image: y\n    environment: {T: '${FROM}'}\n",
        "sub/far.env": "F=file\n",
        "sub/.env": "FROM=sub\n",
    }
    plan = planned(files, "compose.yaml", "sub")
    assert values(service(plan, "api")) == {"A": "far", "B": "2", "F": "file"}
    assert values(service(plan, "two")) == {"A": "1", "B": "3"}
    assert values(service(plan, "third")) == {"T": "sub"}


def test_cycles_end(planned: Planner) -> None:
    text = (
        "include: compose.yaml\nservices:\n  api:\n    extends: b\n    image: x\n"
        "    environment: {A: 1}\n  b:\n    extends: api\n    environment: {B: 1}\n"
    )
    assert values(service(planned({"compose.yaml": text}), "api"))["A"] == "1"


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


@pytest.mark.parametrize(
    ("port", "expected"),
    [
        ("'5432:5432'", (EVERYWHERE, 5432)),
        ("5432", (EVERYWHERE, 5432)),
        ("'127.0.0.1:5432:5432'", ("127.0.0.1", 5432)),
        ("'[::1]:80:5432/tcp'", ("::1", 5432)),
        ("'${PORT:-15432}:5432'", (EVERYWHERE, 5432)),
        ("{target: 5432, published: '5432', host_ip: 10.0.0.1}", ("10.0.0.1", 5432)),
        ("{target: 5432}", None),
        ("'nonsense'", None),
    ],
)
def test_published_ports(planned: Planner, port: str, expected: tuple[str, int] | None) -> None:
    text = (
        f"services:\n  db:\n    image: postgres\n    ports: [{port}]\n    environment: {{A: 1}}\n"
    )
    found = seen(service(planned({"compose.yaml": text}), "db"), "port-published")
    ports = [(one.detail["address"], one.detail["port"]) for one in found]
    assert ports == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("lines", "is_open"),
    [
        ("image: redis:7", True),
        ("image: ghcr.io/x/valkey@sha256:1", True),
        ("image: redis\n    command: redis-server --requirepass x", False),
        ("image: bitnami/redis\n    environment: {REDIS_PASSWORD: x}", False),
        ("image: bitnami/redis\n    environment: {ALLOW_EMPTY_PASSWORD: 'yes'}", True),
        ("image: postgres\n    environment: {POSTGRES_PASSWORD: x}", False),
        ("image: postgres\n    environment: {POSTGRES_HOST_AUTH_METHOD: trust}", True),
        ("image: mongo", True),
        ("image: mongo\n    environment: {MONGO_INITDB_ROOT_USERNAME: x}", False),
        ("image: elasticsearch:8\n    environment: ['xpack.security.enabled=false']", True),
        ("image: redis-commander", False),
        ("image: mysql\n    environment: {MYSQL_ALLOW_EMPTY_PASSWORD: 1}", True),
        ("image: my-app", False),
    ],
)
def test_stores_without_authentication(planned: Planner, lines: str, *, is_open: bool) -> None:
    plan = planned({"compose.yaml": f"services:\n  s:\n    {lines}\n    privileged: true\n"})
    assert bool(seen(service(plan, "s"), "store-without-auth")) is is_open


def test_a_store_without_authentication_is_shown_where_it_is_switched_off(
    planned: Planner,
) -> None:
    lines = "image: elasticsearch:8\n    environment:\n      - xpack.security.enabled=false\n"
    plan = planned({"compose.yaml": f"services:\n  s:\n    {lines}  t:\n    image: redis\n"})
    (switched,) = seen(service(plan, "s"), "store-without-auth")
    assert switched.location.line == 5
    (open_,) = seen(service(plan, "t"), "store-without-auth")
    assert open_.location.line == 6


def test_privileged_and_user(planned: Planner) -> None:
    text = "services:\n  api:\n    image: x\n    privileged: true\n    user: 'root:root'\n"
    one = service(planned({"compose.yaml": text}), "api")
    assert [(item.concept, item.value) for item in one.settings] == [
        ("container.privileged", True),
        ("container.user", ""),
    ]


def test_an_interpolation_that_compose_refuses_is_a_problem(planned: Planner) -> None:
    plan = planned({"compose.yaml": compose("      A: ${1x}\n")})
    assert [(problem.line, "interpolation" in problem.message) for problem in plan.problems] == [
        (5, True)
    ]


def test_files_outside_the_project_are_not_read(planned: Planner, tmp_path: Path) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}.env"
    outside.write_text("LEAK=1\n")
    (tmp_path / "link.env").symlink_to(outside)
    text = (
        f"services:\n  api:\n    image: x\n    env_file: [../{outside.name}, {outside}, link.env]\n"
        "    environment: {A: 1}\n"
    )
    assert only(planned({"compose.yaml": text})) == {"A": "1"}


def test_a_bomb_of_aliases_is_bounded(planned: Planner) -> None:
    names = "abcdefghijklmnopqrst"
    lines = ["x-a: &a {k0: v}"]
    for before, name in pairwise(names):
        inner = ", ".join(f"k{number}: *{before}" for number in range(9))
        lines.append(f"x-{name}: &{name} {{{inner}}}")
    text = "\n".join([*lines, "services:", "  api:", "    image: x", "    environment: *t", ""])
    assert planned({"compose.yaml": text}).deployments == ()


def test_a_password_that_the_shell_must_give_is_one(planned: Planner) -> None:
    for command in (
        "redis-server --requirepass ${PW:?missing}",
        '["redis-server", "--requirepass", "${PW:?missing}"]',
    ):
        text = "services:\n  api:\n    image: redis:8\n    ports: ['6379:6379']\n"
        text += f"    command: {command}\n"
        one = service(planned({"compose.yaml": text}), "api")
        assert seen(one, "store-without-auth") == []
        assert seen(one, "port-published")


def test_a_secret_among_the_build_arguments_is_kept_by_the_image(planned: Planner) -> None:
    text = (
        "services:\n  api:\n    build:\n      context: .\n      args:\n"
        "        API_TOKEN: q3ZkT8wLr5Xn0cVb\n        DB_PASSWORD: ${DB_PASSWORD}\n"
        "        VERSION: '3'\n        SECRET_KEY: dummy\n"
    )
    (one,) = planned({"compose.yaml": text}).deployments
    found = [(at.subject, at.location.line, at.detail) for at in seen(one, "secret-in-image")]
    assert found == [
        ("API_TOKEN", 6, {"name": "API_TOKEN", "instruction": "ARG", "placeholder": False}),
        ("SECRET_KEY", 9, {"name": "SECRET_KEY", "instruction": "ARG", "placeholder": True}),
    ]


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
