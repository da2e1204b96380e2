"""Compose files: values, layers and merging as Compose does it."""

from itertools import pairwise
from pathlib import Path

import pytest

from secaudit.facts import Candidate, Unknown
from secaudit.planning import Plan

from .conftest import Planner, seen, service, values

CODE = {"app/settings.py": "import os\nSECRET_KEY = os.environ['SECRET_KEY']\n"}


def only(plan: Plan) -> dict[str, object]:
    return values(service(plan, "api"))


def compose(environment: str) -> str:
    return f"services:\n  api:\n    image: x\n    environment:\n{environment}"


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
