"""Entry points: Django's leaf modules, Flask's config classes, everything else together."""

from pathlib import Path

from secaudit.planning import Plan

from .conftest import Planner

BASE = "INSTALLED_APPS = []\nMIDDLEWARE = []\nSECRET_KEY = 'x'\n"


def rows(plan: Plan) -> list[tuple[str, str, list[str]]]:
    return [
        (one.selected, one.profile, [Path(path).name for path in one.modules])
        for one in plan.deployments
    ]


def test_each_django_leaf_is_a_deployment(planned: Planner) -> None:
    plan = planned(
        {
            "conf/settings/__init__.py": "",
            "conf/settings/base.py": BASE,
            "conf/settings/local.py": "from .base import *\nDEBUG = True\n",
            "conf/settings/production.py": "from .base import *  # noqa\nDEBUG = False\n",
            "conf/settings/test.py": "from .base import *\n",
            "app/views.py": "import jwt\njwt.encode({}, 'x')\n",
        }
    )
    assert rows(plan) == [
        ("conf.settings.local", "development", ["local.py", "views.py"]),
        ("conf.settings.production", "production", ["production.py", "views.py"]),
    ]


def test_modules_of_profiles_upon_one_base_are_leaves_of_their_own(planned: Planner) -> None:
    base = {"conf/base.py": "ALLOWED_HOSTS = ['*']\nDEBUG = True\n"}
    leaf = "from .base import *\nDEBUG = False\n"
    plan = planned({**base, "conf/dev.py": leaf, "conf/prod.py": leaf})
    assert [one.selected for one in plan.deployments] == ["conf.dev", "conf.prod"]
    for names in (("prod", "other"), ("prod",)):  # nothing says that the others are settings
        files = {f"conf/{name}.py": leaf for name in names}
        (one,) = planned({**base, **files, "conf/dev.py": "", "main.py": "import conf"}).deployments
        assert not one.selected


def test_scripts_of_the_documentation_are_no_part_of_the_service(planned: Planner) -> None:
    script = "import os\nos.environ['SECRET_KEY'] = 'docs'\n"
    code = "import os\nSECRET_KEY = os.environ['SECRET_KEY']\n"
    (one,) = planned({"docs/build.py": script, "app/settings.py": code}).deployments
    assert [Path(path).name for path in one.modules] == ["settings.py"]
    (alone,) = planned({"docs/build.py": script, "app/settings.py": ""}).deployments
    assert [Path(path).name for path in alone.modules] == ["build.py"]


def test_a_single_settings_module_is_its_own_leaf(planned: Planner) -> None:
    plan = planned({"proj/settings.py": BASE, ".env": "SECRET_KEY=x\nENVIRONMENT=production\n"})
    assert rows(plan) == [("proj.settings", "production", ["settings.py"])]


def test_leaves_are_paired_with_the_env_file_of_their_profile(planned: Planner) -> None:
    plan = planned(
        {
            "s/base.py": BASE + "import os\nos.environ['KEY']\n",
            "s/local.py": "from .base import *\n",
            "s/production.py": "from .base import *\n",
            ".env.local": "KEY=l\n",
            ".env.production": "KEY=p\n",
        }
    )
    found = {(one.selected, one.environment["KEY"][0].value) for one in plan.deployments}
    assert found == {("s.local", "l"), ("s.production", "p")}


def test_a_leaf_with_an_env_file_of_its_own_runs_with_that_alone(planned: Planner) -> None:
    plan = planned(
        {
            "s/base.py": BASE + "import environ\nenviron.Env.read_env()\nenviron.Env('KEY')\n",
            "s/local.py": "from .base import *\n",
            "s/production.py": "from .base import *\n",
            "s/.env": "KEY=l\n",
            ".env.production": "KEY=p\n",
        }
    )
    found = {(one.selected, bool(one.environment)) for one in plan.deployments}
    assert found == {("s.local", False), ("s.production", True)}


def test_the_other_leaf_is_meant_by_the_variables(planned: Planner) -> None:
    plan = planned(
        {
            "s/base.py": BASE + "import os\nos.environ['ENVIRONMENT']\n",
            "s/local.py": "from .base import *\n",
            "s/production.py": "from .base import *\n",
            ".env": "ENVIRONMENT=production\n",
        }
    )
    assert {(one.selected, one.profile) for one in plan.deployments} == {
        ("s.local", "development"),
        ("s.production", "production"),
    }


def test_each_flask_config_class_is_a_deployment(planned: Planner) -> None:
    code = (
        "from flask import Flask\n"
        "class Config:\n    SECRET_KEY = 'x'\n"
        "class DevConfig(Config):\n    DEBUG = True\n"
        "class ProductionConfig(Config):\n    DEBUG = False\n"
        "app = Flask(__name__)\n"
    )
    assert rows(planned({"config.py": code})) == [
        ("DevConfig", "development", ["config.py"]),
        ("ProductionConfig", "production", ["config.py"]),
    ]


def test_a_class_that_is_named_after_a_profile_is_one_too(planned: Planner) -> None:
    source = (
        "from flask import Flask\n"
        "class Prod:\n    SECRET_KEY = 'a'\n"
        "class Dev(Prod):\n    DEBUG = True\n"
        "class Product:\n    SECRET_KEY = 'a'\n"
        "app = Flask(__name__)\n"
    )
    assert rows(planned({"app.py": source})) == [
        ("Prod", "production", ["app.py"]),
        ("Dev", "development", ["app.py"]),
    ]


def test_a_config_class_without_flask_is_no_leaf(planned: Planner) -> None:
    code = "class Config:\n    SECRET_KEY = 'x'\n"
    assert rows(planned({"config.py": code})) == [("", "unknown", ["config.py"])]


def test_test_files_stay_out_unless_named(planned: Planner) -> None:
    files = {"tests/settings.py": BASE, "main.py": "import os\nDEBUG = os.getenv('DEBUG')\n"}
    assert rows(planned(files)) == [("", "unknown", ["main.py"])]
    assert rows(planned(files, "tests/settings.py"))[0][2] == ["settings.py"]


def test_a_module_that_does_not_parse_is_a_problem(planned: Planner) -> None:
    plan = planned({"settings.py": "import os\nDEBUG = os.getenv(\n"})
    assert [problem.line for problem in plan.problems] == [2]


def test_a_template_is_noted(planned: Planner) -> None:
    text = "import os\n{% if x %}\nDEBUG = os.getenv('A')\n{% endif %}\n"
    plan = planned({"settings.py": text})
    assert plan.problems == ()
    assert len(plan.notes) == 1
