"""What is found: kinds, projects, what is passed over, and what is read whatever its name."""

from pathlib import Path

import pytest

from secaudit.discovery import Project, discover
from secaudit.kinds import kind_of_content, kind_of_name, matches, relevant
from secaudit.options import Options
from secaudit.testing import Shell


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (".env", "env"),
        (".env.production", "env"),
        ("prod.env", "env"),
        (".flaskenv", "env"),
        (".envrc", "env"),
        (".envs/.production/.django", "env"),
        ("env.example", "env"),
        (".env.py", "python"),
        (".env.d.ts", None),
        ("settings.py", "python"),
        ("docker-compose.yml", "compose"),
        ("docker-compose.prod.yaml", "compose"),
        ("compose.override.yaml", "compose"),
        ("Dockerfile", "dockerfile"),
        ("api.Dockerfile", "dockerfile"),
        ("Dockerfile.dev", "dockerfile"),
        ("pyproject.toml", "toml"),
        ("settings.toml", "toml"),
        ("config/anything.yaml", "yaml"),
        ("settings/live.toml", "toml"),
        ("application.yml", "yaml"),
        ("app_config.json", "json"),
        ("settings.ini", "ini"),
        ("tsconfig.json", None),
        ("data.json", None),
        ("config/locales/en.json", None),
        ("config/translations.json", "json"),
        ("README.md", None),
    ],
)
def test_kinds_by_name(name: str, kind: str | None) -> None:
    assert kind_of_name(name) == kind


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("production", b"SECRET_KEY=x\n", "env"),
        ("vars.txt", b"export A=b\n", "env"),
        ("stack.yml", b"services:\n  web: {}\n", "compose"),
        ("stack.yml", b"debug: true\n", "yaml"),
        ("app.conf", b"[main]\na = b\n", "ini"),
        ("settings.cfg", b"# of Flask\nDEBUG = True\n", "python"),
        ("settings.cfg", b"[main]\nDEBUG = True\n", "ini"),
        ("settings.cfg", b"DEBUG = yes\n", "env"),
        ("app.conf", b"A=b\n", "env"),
        ("photo.png", b"\x89PNG\0A=b\n", None),
        ("notes", b"nothing here\n", None),
    ],
)
def test_kinds_by_content_of_a_file_that_was_named(name: str, data: bytes, kind: str) -> None:
    assert kind_of_content(name, data) == kind


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("old/settings.py", "old/**", True),
        ("old/settings.py", "old", True),
        ("old/settings.py", "old/", True),
        ("a/old/settings.py", "**/old/**", True),
        ("a/b.env", "*.env", True),
        ("a/b.env", "./a/b.env", True),
        ("older/settings.py", "old", False),
        ("a/b.env", "b", False),
    ],
)
def test_globs(path: str, pattern: str, *, expected: bool) -> None:
    assert matches(path, (pattern,)) is expected


def found(project: Project, folder: Path) -> dict[str, list[str]]:
    return {
        str(Path(root.path).relative_to(folder)): [
            str(Path(file.path).relative_to(folder)) for file in root.files
        ]
        for root in project.roots
    }


def test_files_belong_to_the_nearest_project(shell: Shell) -> None:
    text = "SECRET_KEY = 'x'\n"
    shell.write(
        {
            "a/pyproject.toml": "",
            "a/src/settings.py": text,
            "a/.env": "A=b\n",
            "b/requirements-dev.txt": "",
            "b/settings.py": text,
            "settings.py": text,
        }
    )
    project = discover([str(shell.folder)], Options())
    assert found(project, shell.folder) == {
        ".": ["settings.py"],
        "a": ["a/.env", "a/src/settings.py"],
        "b": ["b/settings.py"],
    }


def test_what_is_passed_over(shell: Shell) -> None:
    shell.write(
        {
            ".git/.env": "A=b\n",
            "node_modules/x/.env": "A=b\n",
            ".venv/lib/settings.py": "DEBUG = True\n",
            ".uv-cache/archive-v0/x/settings.py": "DEBUG = True\n",
            "environment/pyvenv.cfg": "",
            "environment/settings.py": "DEBUG = True\n",
            "plain.py": "print('no setting here')\n",
            "old/.env": "A=b\n",
            ".env": "A=b\n",
        }
    )
    project = discover([str(shell.folder)], Options(exclude=("old/**",)))
    assert found(project, shell.folder) == {".": [".env"]}


def test_files_of_editors_and_web_servers_fail_no_run(shell: Shell) -> None:
    shell.write(
        {
            ".circleci/config.yml": "jobs: {environment: {DEBUG: true}}\n",
            ".vscode/settings.json": '// secret\n{"debug": true}\n',
            "conf/nginx/http.conf": "http {\n  ssl_session_cache off;\n}\n",
            ".env": "A=1\n",
        }
    )
    assert shell("config", ".").status == 0


def test_standard_input_has_the_name_it_is_given(shell: Shell) -> None:
    shell.write({"settings.py": "import os\nDEBUG = os.environ['DEBUG'] == 'true'\n"})
    run = shell(
        "config",
        "-",
        "--stdin-filename",
        "x/.env",
        "--profile",
        "production",
        stdin=b"DEBUG=true\n",
    )
    assert run.status == 1
    assert "x/.env" in run.stdout


def test_the_shell_of_the_user_is_not_the_deployments_environment(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.write(
        {"settings.py": "import os\nINSTALLED_APPS = []\nDEBUG = os.getenv('DEBUG') == 'true'\n"}
    )
    words = ("config", "settings.py", "--profile", "production", "--select", "DBG")
    monkeypatch.setenv("DEBUG", "true")
    assert shell(*words).status == 0
    assert shell(*words, "--env", "DEBUG=true").status == 1
    assert shell(*words, "--env", "DEBUG").status == 1
    monkeypatch.delenv("DEBUG")
    assert shell(*words, "--env", "DEBUG").status == 0


@pytest.mark.parametrize(
    "source",
    [
        "from authlib.jose import jwt\n",
        "from passlib.hash import pbkdf2_sha256\n",
        "from waitress import serve\n",
        "from werkzeug.serving import run_simple\n",
        "import grpc\nchannel = grpc.insecure_channel(target)\n",
        "from celery import Celery\n",
        "import paramiko\n",
        "from urllib.request import urlopen\nurlopen('http://x.acme.io')\n",
        "import aiohttp\nsession = aiohttp.ClientSession('http://x.acme.io')\n",
        "import websockets\nfeed = websockets.connect('ws://x.acme.io')\n",
        "task_serializer = 'pickle'\n",
        "new_password: str = Field(min_length=4)\n",
        "app.add_exception_handler(Exception, shown)\n",
        "token = 'ghp_aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY1zA3'\n",
    ],
)
def test_a_module_that_only_uses_a_library_is_worth_reading(source: str) -> None:
    assert relevant("python", source.encode())


def test_a_module_without_settings_is_passed_over() -> None:
    assert not relevant("python", b"def area(width, height):\n    return width * height\n")


def test_the_configuration_of_hypercorn_is_found(tmp_path: Path) -> None:
    (tmp_path / "hypercorn.toml").write_text("use_reloader = true\n")
    project = discover([str(tmp_path)], Options())
    assert [Path(one.path).name for one in project.files()] == ["hypercorn.toml"]
