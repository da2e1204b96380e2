"""Flask-Limiter: what the constructor and the configuration of the application decide."""

from collections.abc import Callable
from typing import Any

import pytest

from secaudit.facts import Setting, Unknown

SOURCE = (
    "import elsewhere\nfrom flask import Flask\nfrom flask_limiter import Limiter\n"
    "app = Flask(__name__)\n{}\nlimiter = Limiter(str, app=app{})\n"
)
REDIS = "app.config['RATELIMIT_STORAGE_URI'] = 'redis://store'"
OFF = "app.config['RATELIMIT_ENABLED'] = False"


@pytest.mark.parametrize(
    ("config", "arguments", "store", "enabled"),
    [
        ("", "", "memory://", True),
        ("", ", storage_uri='redis://other', enabled=False", "redis://other", False),
        (REDIS, "", "redis://store", True),
        (OFF, "", "memory://", False),
        (OFF, ", enabled=True", "memory://", False),
        (REDIS, ", enabled=False", "redis://store", False),
    ],
)
def test_where_a_limiter_counts_and_whether(
    config: str,
    arguments: str,
    store: str,
    *,
    enabled: bool,
    by_concept: Callable[..., dict[str, list[Setting]]],
) -> None:
    found = by_concept({"app.py": SOURCE.format(config, arguments)})
    assert [one.value for one in found["limit.store"]] == [store]
    assert [one.value for one in found["limit.enabled"]] == [enabled]


def test_a_configuration_that_is_not_known_leaves_the_limiter_unknown(
    evaluated: Callable[..., Any],
) -> None:
    source = SOURCE.format("app.config.from_mapping(elsewhere.settings())", "")
    settings = evaluated({"app.py": source}).facts.settings
    judged = [one.value for one in settings if one.concept.startswith("limit.")]
    assert [isinstance(value, Unknown) for value in judged] == [True, True]
