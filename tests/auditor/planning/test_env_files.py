"""Which env files belong together, in which dialect, and what they show by themselves."""

import subprocess
from pathlib import Path

import pytest

from secaudit.facts import Unknown
from secaudit.options import Declared, Options
from secaudit.pipeline import audit
from secaudit.planning import Plan
from secaudit.planning.deployment import Deployment
from secaudit.planning.git_index import tracked

from .conftest import Planner

PLAIN = "import os\nSECRET_KEY = os.environ['SECRET_KEY']\nDEBUG = os.getenv('DEBUG')\n"
LOADS = "from dotenv import load_dotenv\nload_dotenv()\n" + PLAIN


def named(plan: Plan, name: str) -> Deployment:
    (found,) = [one for one in plan.deployments if one.name == name]
    return found


def value(deployment: Deployment, name: str) -> object:
    return deployment.environment[name][0].value


def kinds(deployment: Deployment) -> list[str]:
    return [seen.kind for seen in deployment.observations if seen.kind != "file-readable"]


def test_a_file_that_code_loads_is_no_process_environment(planned: Planner) -> None:
    (one,) = planned({"settings.py": LOADS, ".env": "SECRET_KEY=x\n"}).deployments
    assert one.environment == {}
    assert [Path(path).name for path in one.modules] == ["settings.py"]


def test_a_loaded_file_counts_although_only_the_code_was_named(planned: Planner) -> None:
    files = {"settings.py": LOADS, ".env": "ENVIRONMENT=production\nA=1\nA=2\n"}
    (one,) = planned(files, "settings.py").deployments
    assert (one.profile, kinds(one)) == ("production", ["key-duplicate"])


def test_a_file_that_nothing_loads_is_process_environment(planned: Planner) -> None:
    (one,) = planned({"settings.py": PLAIN, ".env": "SECRET_KEY=x\n"}).deployments
    assert value(one, "SECRET_KEY") == "x"
    candidate = one.environment["SECRET_KEY"][0]
    assert candidate.layer == "process-environment"
    assert candidate.location
    assert candidate.location[1:] == (1, 12, 1, 13)


def test_files_for_different_profiles_are_alternatives(planned: Planner) -> None:
    plan = planned(
        {
            "settings.py": PLAIN,
            ".env.production": "SECRET_KEY=p\n",
            ".env.dev": "SECRET_KEY=d\n",
            ".env.prod.extra": "DEBUG=1\n",
        }
    )
    found = {one.name: one for one in plan.deployments}
    assert {one.profile for one in found.values()} == {"production", "development"}
    production = next(one for one in found.values() if one.profile == "production")
    assert (value(production, "SECRET_KEY"), value(production, "DEBUG")) == ("p", "1")
    development = next(one for one in found.values() if one.profile == "development")
    assert set(development.environment) == {"SECRET_KEY"}


def test_files_that_set_the_same_variable_are_alternatives(planned: Planner) -> None:
    files = {
        "settings.py": PLAIN,
        "deploy/blue.env": "SECRET_KEY=b\n",
        "deploy/green.env": "SECRET_KEY=g\n",
        "deploy/more.env": "DEBUG=1\n",
        "other/more.env": "DEBUG=2\n",
    }
    found = [
        {name: found[0].value for name, found in one.environment.items()}
        for one in planned(files).deployments
    ]
    assert found == [
        {"SECRET_KEY": "b", "DEBUG": "1"},
        {"SECRET_KEY": "g"},
        {"DEBUG": "2"},
    ]


def test_files_of_different_folders_are_given_together_when_named(planned: Planner) -> None:
    files = {"settings.py": PLAIN, "a/app.env": "SECRET_KEY=b\n", "b/more.env": "DEBUG=1\n"}
    assert len(planned(files).deployments) == 2
    (one,) = planned(files, "settings.py", "a/app.env", "b/more.env").deployments
    assert set(one.environment) == {"SECRET_KEY", "DEBUG"}


def test_what_an_absent_variable_leaves_empty_is_unknown_except_in_compose(
    planned: Planner,
) -> None:
    (one,) = planned({"prod.env": "SECRET_KEY=${FROM_THE_VAULT}\nB=\n"}).deployments
    assert isinstance(value(one, "SECRET_KEY"), Unknown)
    assert value(one, "B") == ""
    compose = "services:\n  api:\n    image: x\n    env_file: prod.env\n"
    files = {"compose.yaml": compose, "prod.env": "SECRET_KEY=${FROM_THE_VAULT}\n"}
    (one,) = planned(files).deployments
    assert value(one, "SECRET_KEY") == ""


def test_flaskenv_lies_below_the_env_file(planned: Planner) -> None:
    files = {
        "app.py": "import flask, os\nos.getenv('DEBUG')\n",
        ".env": "DEBUG=1\n",
        ".flaskenv": "DEBUG=2\nFLASK_APP=app\n",
    }
    (one,) = planned(files).deployments
    assert [candidate.value for candidate in one.environment["DEBUG"]] == ["1", "2"]


def test_a_production_file_stands_in_for_the_loaded_one(planned: Planner) -> None:
    files = {"settings.py": LOADS, ".env": "SECRET_KEY=x\n", ".env.production": "SECRET_KEY=p\n"}
    plan = planned(files)
    direct, production = plan.deployments
    assert (direct.environment, direct.absent) == ({}, ())
    assert value(production, "SECRET_KEY") == "p"
    assert [Path(path).name for path in production.absent] == [".env"]


def test_the_loaded_file_is_judged_also_when_every_leaf_has_a_file_of_its_own(
    planned: Planner,
) -> None:
    base = "import environ\nenviron.Env.read_env('.env')\nROOT_URLCONF = 'x'\nMIDDLEWARE = []\n"
    files = {
        "site/settings/base.py": base,
        "site/settings/production.py": "from .base import *\n",
        ".env": "SECRET_KEY=x\n",
        ".env.production": "SECRET_KEY=p\nROOT_URLCONF=x\n",
    }
    found = [(one.name, [*map(Path, one.absent)]) for one in planned(files).deployments]
    leaf = "site/settings/production.py"
    assert [(name, [path.name for path in absent]) for name, absent in found] == [
        (leaf, []),
        (f"{leaf} with .env.production", [".env"]),
    ]


def test_files_named_together_are_given_together(planned: Planner) -> None:
    files = {"settings.py": LOADS, ".env": "SECRET_KEY=x\n", ".env.production": "SECRET_KEY=p\n"}
    plan = planned(files, "settings.py", ".env", ".env.production")
    (one,) = plan.deployments
    assert (value(one, "SECRET_KEY"), one.absent) == ("p", ())


def test_examples_and_unrelated_files_are_judged_alone(planned: Planner) -> None:
    plan = planned(
        {
            "settings.py": PLAIN,
            ".env.example": "SECRET_KEY=x\n",
            "web/.env": "VITE_URL=http://x\n",
        }
    )
    assert [(one.name, one.profile, bool(one.modules)) for one in plan.deployments] == [
        ("settings.py", "unknown", True),
        (".env.example", "example", False),
        ("web/.env", "unknown", False),
    ]


def test_an_example_that_code_loads_is_no_example(planned: Planner) -> None:
    code = "from dotenv import load_dotenv\nload_dotenv('.env.example')\n" + PLAIN
    (one,) = planned({"settings.py": code, ".env.example": "SECRET_KEY=x\n"}).deployments
    assert one.profile == "unknown"
    (seen,) = [seen for seen in one.observations if seen.kind == "example-loaded"]
    assert (seen.location.line, seen.detail) == (2, {"loader": "python-dotenv"})


def test_an_example_met_in_a_folder_stays_one_whatever_the_profile(planned: Planner) -> None:
    files = {".env.example": "SECRET_KEY=x\n"}
    assert planned(files, profile="production").deployments[0].profile == "example"
    explicit = planned(files, ".env.example", profile="production")
    assert explicit.deployments[0].profile == "production"


@pytest.mark.parametrize(
    ("code", "path", "dialect"),
    [
        ("from dotenv import load_dotenv\nload_dotenv()\n", "src/.env", "python-dotenv"),
        ("import environ\nenviron.Env.read_env()\n", "src/.env", "django-environ"),
        ("from decouple import config\nDEBUG = config('DEBUG')\n", ".env", "decouple"),
        ("from starlette.config import Config\nConfig('.env')\n", ".env", "starlette"),
        ("from os.path import *\nF = join(dirname(__file__), '../.env.x')\n", ".env.x", ""),
        ("import os\nE = str(os.environ)\nF = f'.env.{E}'\n", ".env.blue", "python-dotenv"),
    ],
)
def test_loaders_and_their_dialects(planned: Planner, code: str, path: str, dialect: str) -> None:
    text = "DEBUG = False\nA=1 # c\nA=2\n"
    plan = planned({"src/conf.py": code, path: text})
    (one,) = plan.deployments
    assert one.environment == {}, "the loader pulls it"
    dropped = [seen for seen in one.observations if seen.kind == "line-dropped"]
    assert [seen.detail["dialect"] for seen in dropped] == (
        ["django-environ"] if dialect == "django-environ" else []
    )


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("model_config = {'env_file': '../.env'}", ".env"),
        ("model_config = SettingsConfigDict(env_file=('../.env', '../.env.local'))", ".env"),
        ("class Config:\n        env_file = '.env'", "app/.env"),
        ("values = load_dotenv('.env')", "app/.env"),
        ("values = f(dotenv_path=f'../.env.{E}')", ".env.x"),
    ],
)
def test_a_loader_looks_from_the_working_directory_only(
    planned: Planner, written: str, found: str
) -> None:
    """What it does not find there is not loaded, wherever the module stands."""
    code = f"class S(BaseSettings):\n    {written}\n"
    plan = planned({"app/conf.py": code, found: "TOKEN=1\n"})
    assert [one.name for one in plan.deployments] == ["app/conf.py", found]
    inside = found.removeprefix("app/")
    plan = planned({"app/conf.py": code.replace("../", ""), inside: "TOKEN=1\n"})
    assert inside not in [one.name for one in plan.deployments]


def test_a_file_elsewhere_with_the_same_name_is_not_the_loaded_one(planned: Planner) -> None:
    plan = planned({"app/settings.py": LOADS, "web/.env": "VITE=1\n"})
    assert [one.name for one in plan.deployments] == ["app/settings.py", "web/.env"]


def test_the_option_forces_a_dialect(planned: Planner) -> None:
    plan = planned({".env": "A=1 # c\n"}, env_dialect="decouple")
    assert value(plan.deployments[0], "A") == "1 # c"
    assert value(planned({".env": "A=1 # c\n"}).deployments[0], "A") == "1"


def test_env_options_are_the_strongest_layer(planned: Planner) -> None:
    files = {"settings.py": PLAIN, ".env": "SECRET_KEY=x\nDEBUG=${SECRET_KEY}\n"}
    (one,) = planned(files, env=(("SECRET_KEY", "given"),)).deployments
    first, second = one.environment["SECRET_KEY"]
    assert (first.value, first.location, second.value) == ("given", None, "x")


def test_what_a_file_shows_by_itself(planned: Planner) -> None:
    text = 'A=1\nA=2\nB="x\nC=1 # secaudit: ignore[X1] no\n'
    (one,) = planned({".env": text}, env_dialect="decouple").deployments
    assert kinds(one) == ["key-duplicate", "suppression-in-value"]
    (one,) = planned({".env": text}).deployments
    assert kinds(one) == ["key-duplicate", "line-dropped"]
    duplicate, dropped = [seen for seen in one.observations if seen.kind != "file-readable"]
    assert duplicate.location.line == 2
    assert duplicate.detail["first"].line == 1
    assert (dropped.subject, dropped.location.line) == ("B", 3)


def test_mode_bits(planned: Planner, tmp_path: Path) -> None:
    (one,) = planned({".env": "A=1\n"}).deployments
    (seen,) = one.observations
    assert (seen.kind, seen.subject) == ("file-readable", ".env")
    (tmp_path / ".env").chmod(0o600)
    (one,) = planned({}).deployments
    assert one.observations == ()


@pytest.mark.parametrize("version", ["2", "4"])
def test_tracked_files_are_read_from_the_index(
    planned: Planner, tmp_path: Path, version: str
) -> None:
    def git(*words: str) -> None:
        subprocess.run(["git", *words], cwd=tmp_path, check=True, capture_output=True)

    files = {".env": "A=1\n", "b/.env": "A=1\n", "b/a long name, é.txt": "", "untracked.env": "A=1"}
    planned(files)
    git("init", "-q")
    git("config", "index.version", version)
    git("add", ".env", "b")
    git("update-index", "--index-version", version)
    names = {".env", "b/.env", "b/a long name, é.txt"}
    assert tracked(str(tmp_path / "b")) == {str(tmp_path / name) for name in names}
    found = {one.name: "file-tracked" in kinds(one) for one in planned({}).deployments}
    assert found == {".env": True, "b/.env": True, "untracked.env": False}


def test_the_index_of_a_worktree_is_found(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *words]
        subprocess.run(command, cwd=tmp_path / "main", check=True, capture_output=True)

    (tmp_path / "main").mkdir()
    (tmp_path / "main" / ".env").write_text("A=1\n")
    git("init", "-q")
    git("add", ".env")
    git("commit", "-q", "-m", "x")
    git("worktree", "add", "-q", "../side")
    assert tracked(str(tmp_path / "side")) == {str(tmp_path / "side" / ".env")}
    (tmp_path / "main" / ".env").unlink()
    (tmp_path / "side" / ".git").write_text("nonsense")
    assert tracked(str(tmp_path / "side")) == frozenset()


def test_a_damaged_index_tracks_nothing(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    for data in (b"", b"DIRC\0\0\0\2\xff\xff\xff\xff", b"DIRC" + b"\xff" * 200, b"x" * 100):
        (tmp_path / ".git" / "index").write_bytes(data)
        assert tracked(str(tmp_path)) == frozenset()


def test_a_profile_conflict_is_told(planned: Planner) -> None:
    files = {"settings.py": PLAIN, ".env.production": "SECRET_KEY=x\nENVIRONMENT=development\n"}
    (one,) = planned(files).deployments
    assert one.profile == "production"
    assert "profile-conflict" in kinds(one)


def test_declared_deployments_replace_the_inferred_ones(planned: Planner, tmp_path: Path) -> None:
    declared = Declared(
        "live", "", (str(tmp_path / "deploy.env"),), (("REGION", "eu"),), "production"
    )
    files = {"settings.py": LOADS, ".env": "SECRET_KEY=x\n", "deploy.env": "SECRET_KEY=p\n"}
    plan = planned(files, deployments=(declared,))
    one = named(plan, "live")
    assert len(plan.deployments) == 1
    assert (value(one, "SECRET_KEY"), value(one, "REGION")) == ("p", "eu")
    assert one.profile == "production"
    assert one.absent == (str(tmp_path / ".env"),)


def test_unreadable_env_files_are_problems(planned: Planner, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"A=\xff\n")
    plan = planned({})
    assert [(problem.line, problem.message) for problem in plan.problems] == [
        (1, "not valid utf-8 text")
    ]
    assert plan.deployments == ()


def test_the_configuration_names_the_profile_of_a_path(planned: Planner, tmp_path: Path) -> None:
    files = {
        "settings.py": PLAIN,
        "live/app.env": "SECRET_KEY=x\n",
        "web/.env": "VITE=1\n",
        "docs/.env.example": "A=1\n",
        "compose.yaml": "services:\n  x:\n    image: y\n    environment: {A: 1}\n",
        "Dockerfile": "FROM x\nENV A=1\n",
        "config/a.yaml": "debug: true\n",
    }
    given = [(path, "test") for path in ("live/*", "web", "docs", "compose.yaml", "config")]
    plan = planned(files, path_profiles=tuple(given), config_path=str(tmp_path / "secaudit.toml"))
    assert {one.profile for one in plan.deployments} == {"test"}
    assert len(plan.deployments) == 5


@pytest.mark.parametrize("folder", ["scripts", "app"])
def test_an_example_that_a_script_compares_is_not_in_use(tmp_path: Path, folder: str) -> None:
    source = (
        "from decouple import Config, RepositoryEnv\nc = Config(RepositoryEnv('.env.example'))\n"
    )
    files = {f"{folder}/check.py": source, ".env.example": "SECRET_KEY=change-me\n"}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "requirements.txt").write_text("")
    found = {one.code for one in audit([str(tmp_path)], Options()).findings}
    assert ("DRIFT004" in found) is (folder == "app")
