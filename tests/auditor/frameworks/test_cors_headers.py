"""CORS headers written by hand: which functions let any origin in, and which check it."""

from typing import Any

import pytest

SEND = "    response.headers['Access-Control-Allow-Origin'] = {}\n"


def policies(evaluated: Any, body: str) -> list[tuple[str, Any]]:  # noqa: ANN401 - a fixture
    """Return concept and value of what a function with this body lets in."""
    source = f"def cors(request, response, scope, allowed, log):\n{body}"
    settings = evaluated({"app.py": source}).facts.settings
    return [(one.concept, one.value) for one in settings if one.concept.startswith("cors.")]


@pytest.mark.parametrize(
    "origin",
    [
        "request.headers.get('Origin')",
        "request.headers.get('origin', '*')",
        "request.headers['ORIGIN']",
        "request.META.get('HTTP_ORIGIN')",
        "request.environ['HTTP_ORIGIN']",
        "scope['headers'].get(b'origin').decode()",
        "request.headers.get('origin') or '*'",
    ],
)
def test_the_requests_origin_sent_back_is_any_origin(evaluated: Any, origin: str) -> None:  # noqa: ANN401
    anything = [("cors.allow_all", True)]
    assert policies(evaluated, SEND.format(origin)) == anything
    named = f"    o = {origin}\n    if o is not None:\n    " + SEND.format("o")
    assert policies(evaluated, named) == anything


@pytest.mark.parametrize(
    "written",
    [
        "response['Access-Control-Allow-Origin'] = o",
        "response.headers.add('access-control-allow-origin', o)",
        "response.headers.setdefault('Access-Control-Allow-Origin', o)",
        "response.headers.update({'Access-Control-Allow-Origin': o})",
        "scope['headers'].append((b'access-control-allow-origin', o.encode()))",
        "scope['headers'] += [[b'access-control-allow-origin', o.encode()]]",
    ],
)
def test_the_ways_to_write_a_header(evaluated: Any, written: str) -> None:  # noqa: ANN401
    body = f"    o = request.headers.get('origin')\n    {written}\n"
    assert policies(evaluated, body) == [("cors.allow_all", True)]


@pytest.mark.parametrize(
    "condition",
    [
        "if o in allowed:",
        "if o == 'https://a.io':",
        "if allowed(o):",
        "if o.endswith('.a.io'):",
        "if request.headers.get('origin') in allowed:",
        "for one in [one for one in allowed if one == o]:",
    ],
)
def test_an_origin_that_is_checked_is_no_finding(evaluated: Any, condition: str) -> None:  # noqa: ANN401
    body = f"    o = request.headers.get('origin')\n    {condition}\n    " + SEND.format("o")
    assert policies(evaluated, body) == []


@pytest.mark.parametrize(
    "body",
    [
        SEND.format("'https://a.io'"),
        SEND.format("allowed[0]"),
        "    o = request.headers.get('origin')\n    o = allowed[0]\n" + SEND.format("o"),
        "    o = request.headers.get('referer')\n" + SEND.format("o"),
        "    o = request.headers.get('origin')\n    response.headers['X-Origin'] = o\n",
    ],
)
def test_other_values_are_no_policy(evaluated: Any, body: str) -> None:  # noqa: ANN401
    assert policies(evaluated, body) == []


def test_credentials_belong_to_the_same_policy(evaluated: Any) -> None:  # noqa: ANN401
    for text, expected in (("true", True), ("false", False)):
        body = SEND.format("request.headers.get('origin')") + (
            f"    response.headers['Access-Control-Allow-Credentials'] = '{text}'\n"
        )
        assert policies(evaluated, body) == [
            ("cors.allow_all", True),
            ("cors.credentials", expected),
        ]


def test_a_wildcard_that_browsers_refuse_with_credentials_has_none(evaluated: Any) -> None:  # noqa: ANN401
    body = (
        SEND.format("'*'") + "    response.headers['Access-Control-Allow-Credentials'] = 'true'\n"
    )
    assert policies(evaluated, body) == [("cors.origins", ["*"])]


def test_functions_inside_others_and_in_classes_are_one_policy_each(evaluated: Any) -> None:  # noqa: ANN401
    source = (
        "class Cors:\n"
        "    async def __call__(self, scope, receive, send):\n"
        "        origin = dict(scope['headers']).get(b'origin')\n"
        "        async def reply(message):\n"
        "            message['headers'].append((b'access-control-allow-origin', origin))\n"
        "            message['headers'].append((b'access-control-allow-credentials', b'true'))\n"
        "        await self.app(scope, receive, reply)\n"
    )
    settings = evaluated({"app.py": source}).facts.settings
    assert [(one.concept, one.value) for one in settings] == [
        ("cors.allow_all", True),
        ("cors.credentials", True),
    ]
    assert settings[0].group == settings[1].group
    assert (settings[0].location.line, settings[0].location.column) == (5, 72)
