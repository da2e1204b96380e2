"""The shortest new password that a request may bring."""

from typing import Any

import pytest

MODEL = "from pydantic import BaseModel, Field\nclass {name}(BaseModel):\n    name: str\n{fields}"
SHORT = "    {}: str = Field(min_length=4)\n"
OLD_AND_NEW = SHORT.format("password") + "    new_password: str = Field(min_length=12)\n"


@pytest.mark.parametrize(
    ("name", "fields", "lengths"),
    [
        ("SignUp", SHORT.format("password"), [4]),
        ("SignUpByEmail", SHORT.format("password"), [4]),
        ("NewUser", SHORT.format("passwd"), [4]),
        ("PasswordReset", SHORT.format("password1"), [4]),
        ("PasswordResetToken", SHORT.format("password"), [4]),
        ("Account", SHORT.format("new_password"), [4]),
        ("ChangePassword", OLD_AND_NEW, [12]),
        ("Login", SHORT.format("password"), []),
        ("CreateSession", SHORT.format("password"), []),
        ("TokenCreate", SHORT.format("password"), []),
        ("UpdateEmailRequest", SHORT.format("password"), []),
        ("SignUp", SHORT.format("password_hint"), []),
        ("SignUp", "    password: str = Field(min_length=LEAST)\n", []),
    ],
)
def test_only_a_password_that_a_request_sets_has_a_least_length(
    name: str,
    fields: str,
    lengths: list[int],
    by_concept: Any,  # noqa: ANN401 - a fixture
) -> None:
    found = by_concept({"requests.py": MODEL.format(name=name, fields=fields)})
    assert [one.value for one in found.get("password.min_length", [])] == lengths
