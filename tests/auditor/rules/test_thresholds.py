"""Where a judgement turns: each case differs from its neighbour by one character or one place."""

from typing import Any

import pytest

from secaudit.judgement.hosts import is_internal, is_loopback, url_of
from secaudit.judgement.names import is_security_name
from secaudit.judgement.provider_tokens import provider_of
from secaudit.judgement.secrets import is_guessable, is_placeholder, is_private_key, is_real
from secaudit.judgement.values import (
    generate,
    is_compose,
    secrets_in,
    switch,
    texts_of,
    winner,
    workers_of,
)

from .building import candidate, default, facts, place, setting, simple

REAL = "Vd9xTqf2mWJ7hZsK4rLc0uYbN8eGpA5i"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # A random part makes the whole a secret: 16 characters, three changes, eight characters.
        ("vd9xtqf2mwj7hzsk-secretkey", False),
        ("vd9xtqf2mwj7hzs-secretkey", True),
        ("abcdefghij1klmno2-secretkey", False),
        ("abcdefghij1klmnop-secretkey", True),
        ("abc1def2abc1def2-secretkey", False),
        ("abc1abf2abc1abf2-secretkey", True),
        # Digits behind a word: 15 characters are the word, 16 may be a secret.
        ("test12345678901", True),
        ("test123456789012", False),
        # Frames and fillers.
        ("<abcde>", True), ("[abcde]", True), ("{abcde}", True), ("__abcde__", True),
        ("-abcde9xk", False), ("ab<cde9xk", False),
        # Where a value comes from.
        ("env(ABQZ)", True), ("process.env.ABQZ", True), ("$ABQZ", True), ("$abqz9", False),
        ("ABQZ", False), ("xenv(ABQZ)", False),
        # An owner alone owns nothing.
        ("thequickbrownfox", False), ("theverysecret", True),
        # One or two characters, or a run of the keyboard of four.
        ("abababab", True), ("abcabcabc", False), ("qwer", True), ("wer", False),
        # Plain words: all of them, or two and short ones beside them.
        ("test-123456789-test", True), ("test-zebra", False), ("test-key-zebra", True),
        ("test-key-ab12", True), ("test-key-abc12", False),
    ],
)  # fmt: skip
def test_placeholder(text: str, expected: bool) -> None:  # noqa: FBT001 - of a table
    assert is_placeholder(text) is expected


@pytest.mark.parametrize(("text", "expected"), [("48151623", True), ("481516234", False)])
def test_numbers_of_eight_digits_are_guessed(text: str, expected: bool) -> None:  # noqa: FBT001 - of a table
    assert is_guessable(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("abcdefghi1abcdefghi1", True), ("abcdefgh1abcdefgh1ab", False)],
)
def test_a_real_secret_has_ten_characters_of_two_kinds(text: str, expected: bool) -> None:  # noqa: FBT001 - of a table
    assert is_real(text) is expected


def test_the_end_of_a_private_key_is_none() -> None:
    assert not is_private_key("-----END PRIVATE KEY-----")


@pytest.mark.parametrize(
    ("text", "provider"),
    [("AKIAQBCDEFGHBCDEFGH2", "AWS"), ("AKIAQBCDEFGHBCDEFGHB", "")],
)
def test_a_token_has_eight_characters_in_its_last_three_quarters(text: str, provider: str) -> None:
    assert provider_of(text) == provider


@pytest.mark.parametrize(
    ("host", "loopback", "internal"),
    [
        ("127.acme.io", False, False), ("2001:db8::1", False, False), ("fd12:3456::1", False, True),
        ("fe80:1::1", False, True), ("files.acme.io", False, False), ("files", False, True),
        ("ff02::1", False, False),
    ],
)  # fmt: skip
def test_hosts(host: str, loopback: bool, internal: bool) -> None:  # noqa: FBT001 - of a table
    assert is_loopback(host) is loopback
    assert is_internal(host) is internal


def test_a_sentence_with_a_url_is_no_url() -> None:
    assert url_of("see https://acme.io for more") is None


def test_a_key_is_about_security_by_its_concept_or_its_words() -> None:
    known = facts(
        simple("", 1, name="other", variables=("TZ_X",)),
        simple("debug.enabled", True, variables=("Verbose_X", "more_x")),
    )
    assert is_security_name("verbose_x", known)
    assert is_security_name("MORE_X", known)
    assert not is_security_name("TZ_X", known)
    assert not is_security_name("X", known)
    assert is_security_name("app.jwt-x", known)


def test_texts_are_found_within_lists_and_tables() -> None:
    ring = facts(simple("signing.secret", ["a", b"b", 1]), simple("signing.secret", {"k": "c"}))
    assert [text for _, text in texts_of(ring, "signing.secret")] == ["a", "b", "c"]


def test_a_setting_that_nothing_gives_has_no_winner_and_no_fix() -> None:
    empty = simple("debug.enabled", True)._replace(candidates=())
    assert winner(empty) is None
    assert switch(empty, to=False, title="off") is None
    assert generate(empty, "new") is None


def test_no_place_is_in_no_compose_file() -> None:
    assert not is_compose(None)
    assert is_compose(place("/project/docker-compose.prod.YML"))
    assert not is_compose(place("/project/compose/app.json"))
    assert not is_compose(place("/project/values.yaml"))


def test_a_file_gives_the_passwords_of_urls_and_the_secrets() -> None:
    found = facts(
        simple("database.url", f"postgresql://app:{REAL}@db/app", name="url"),
        simple("database.url", REAL, name="text"),
        simple("debug.enabled", REAL, name="flag"),
        simple("signing.secret", "changeme", name="weak"),
        setting("password", candidate(REAL, line=4), candidate(REAL, line=5), name="twice"),
        setting("password", candidate(REAL, path="/project/other"), name="elsewhere"),
    )
    path = "/project/.env"
    places = secrets_in(path, found)
    assert {name: one.line for name, one in places.items()} == {"twice": 4, "url": 1}
    assert list(secrets_in(path, found, usable=False)) == ["twice", "url", "weak"]


def test_workers_are_counted_where_they_are_known() -> None:
    assert workers_of(facts(simple("server.workers", "4"), simple("server.workers", 2))) == 2
    assert workers_of(facts(simple("server.workers", 0))) == 1


def code(value: Any, raw: str | None = None) -> Any:  # noqa: ANN401 - a candidate of any value
    return candidate(value, "assignment", "/project/settings.py", raw=raw)


@pytest.mark.parametrize(
    ("given", "to", "written"),
    [
        (candidate("true"), False, "false"), (candidate("ON"), False, "OFF"),
        (candidate("T"), False, "F"), (candidate("No"), True, "Yes"), (candidate("0"), True, "1"),
        (candidate("'yes'", raw="'yes'"), False, "'no'"), (candidate("maybe"), False, None),
        (candidate("false"), False, None), (candidate("'yes", raw="'yes"), False, None),
        (code(True), False, "False"), (code(False), False, None),
        (code("on", "on"), False, '"off"'),
        (candidate("true", literal=False), False, None),
        (candidate("true")._replace(location=None), False, None),
    ],
)  # fmt: skip
def test_the_other_boolean_is_written_as_the_first_was(
    given: Any,  # noqa: ANN401 - a candidate
    to: bool,  # noqa: FBT001 - of a table
    written: str | None,
) -> None:
    subject = setting("debug.enabled", given)
    for safe in (True, False):
        fix = switch(subject, to=to, title="Switch", safe=safe)
        assert (None if fix is None else fix.edits[0].replacement) == written
        assert fix is None or fix.safety == ("safe" if safe else "unsafe")


def test_a_default_of_a_library_stands_nowhere() -> None:
    assert switch(default("debug.enabled", True), to=False, title="off") is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (candidate("changeme"), True),
        (candidate("changeme", "process-environment"), True),
        (candidate("changeme", path="/project/compose.yaml"), False),
        (candidate("changeme", literal=False), False),
        (candidate("changeme")._replace(location=None), False),
        (code("changeme"), False),
        (candidate(["changeme", "other"]), False),
    ],
)
def test_a_secret_is_generated_where_an_env_file_gives_it(given: Any, expected: bool) -> None:  # noqa: ANN401, FBT001 - of a table
    fix = generate(setting("signing.secret", given), "new")
    assert (fix is not None) is expected
    if fix is not None:
        assert (fix.safety, [edit.secret for edit in fix.edits]) == ("unsafe", [True])
