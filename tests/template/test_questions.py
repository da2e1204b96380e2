"""Bad answers are refused with a sentence, and nothing is written."""

import tomllib
from pathlib import Path

import copier
import pytest
from tests.conftest import Generate

SPELLING = "A name starts with a letter"
TAKEN = "is the name of a package or a command"


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"project_name": ""}, "The service needs a name"),
        ({"project_name": "   "}, "The service needs a name"),
        ({"project_name": "orders/desk"}, SPELLING),
        ({"project_name": "../orders"}, SPELLING),
        ({"project_name": "9lives"}, SPELLING),
        ({"project_name": "-orders"}, SPELLING),
        ({"project_name": "orders-"}, SPELLING),
        ({"project_name": "Bestellbüro"}, SPELLING),
        ({"project_name": "orders\ndesk"}, SPELLING),
        ({"project_name": "orders\n"}, SPELLING),
        ({"project_name": "$(reboot)"}, SPELLING),
        ({"project_name": "{{ 7 * 7 }}"}, SPELLING),
        ({"project_name": "x" * 61}, "at most 60 characters"),
        ({"project_name": "FastAPI"}, TAKEN),
        ({"project_name": "pytest"}, TAKEN),
        ({"project_name": "pydantic settings"}, TAKEN),
        ({"project_name": "app"}, TAKEN),
        ({"description": ""}, "One sentence, please"),
        ({"description": "one\ntwo"}, "One line without control characters"),
        ({"description": "\x1b[31mred"}, "One line without control characters"),
        ({"description": "x" * 201}, "at most 200 characters"),
        ({"framework": "django"}, "'django' is not in"),
        ({"framework": ""}, "'' is not in"),
        ({"database": "mysql"}, "'mysql' is not in"),
        ({"ci": "jenkins"}, "'jenkins' is not in"),
    ],
)
def test_bad_answers_are_refused_with_a_sentence(
    answers: dict[str, str], sentence: str, template_repo: Path, tmp_path: Path
) -> None:
    target = tmp_path / "project"
    with pytest.raises(ValueError, match=sentence):
        copier.run_copy(
            str(template_repo),
            target,
            data={"project_name": "Orders", **answers},
            vcs_ref="v1000.0.0",
            defaults=True,
            quiet=True,
        )
    assert not target.exists() or not any(target.iterdir())


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Order Desk", "order-desk"),
        ("  Order Desk ", "order-desk"),
        ("order_desk.v2", "order-desk-v2"),
        ("X", "x"),
    ],
)
def test_the_slug_names_package_and_command(name: str, slug: str, generate: Generate) -> None:
    project = generate(project_name=name)
    assert f'name = "{slug}"' in (project / "pyproject.toml").read_text()
    assert f'{slug} = "service_platform:main"' in (project / "platform/pyproject.toml").read_text()


def test_a_description_with_quotes_stays_one_string(generate: Generate) -> None:

    said = 'Orders "fast" \\ and <cheap> 🛒'
    project = generate(description=said)
    table = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))
    assert table["project"]["description"] == said
