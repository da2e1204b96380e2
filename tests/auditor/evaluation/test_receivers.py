"""What ``self`` is in methods that nothing calls."""

from collections.abc import Callable

from secaudit.facts import Setting, Unknown

By = Callable[..., dict[str, list[Setting]]]
SERVICE = (
    "import jwt\nclass Tokens:\n    def __init__(self, algorithm):\n"
    "        self.algorithm = algorithm\n    def read(self, token, key):\n"
    "        return jwt.decode(token, key, algorithms=[self.algorithm])\n"
)


def test_a_method_sees_the_one_object_that_is_made(by_concept: By) -> None:
    found = by_concept({"tokens.py": SERVICE + "made = Tokens('HS512')\n"})
    assert found["token.algorithms"][0].value == ["HS512"]


def test_of_two_objects_nobody_knows_which_it_is(by_concept: By) -> None:
    found = by_concept({"tokens.py": SERVICE + "a, b = Tokens('HS512'), Tokens('none')\n"})
    assert isinstance(found["token.algorithms"][0].value, Unknown)


def test_a_method_sees_the_durations_of_its_class(by_concept: By) -> None:
    source = (
        "import jwt\nfrom datetime import datetime, timedelta, timezone\nclass Tokens:\n"
        "    ACCESS = timedelta(days=2)\n    def sign(self, user, key):\n"
        "        end = datetime.now(timezone.utc) + self.ACCESS\n"
        "        return jwt.encode({'sub': user, 'exp': end}, key, algorithm='HS256')\n"
    )
    (lifetime,) = by_concept({"tokens.py": source})["token.access_lifetime"]
    assert lifetime.location.line == 4
