"""CRED001: the database, broker or store has the password it was shipped with."""

from collections.abc import Iterator

from secaudit.facts import Facts, Setting
from secaudit.judgement.hosts import is_internal, url_of
from secaudit.judgement.secrets import is_empty, is_guessable, text_of
from secaudit.judgement.values import is_for_tests, is_of_object_store, texts_of, winner
from secaudit.patterns import lazy
from secaudit.rule import Example, Match, Rule, Severities

_SHIPPED = frozenset(("minioadmin", "minio123", "rustfsadmin"))  # of object stores that speak S3
_REFERENCE = lazy(r"://[^\s/@]*:\$\{?(\w+)[^@]*@")  # to a variable, as the password
_INTERNAL = Severities("medium", "medium", "info")


def check(facts: Facts) -> Iterator[Match]:
    """Yield store passwords, alone or inside a DSN, that are the first anybody would try."""
    named = {
        name
        for setting in facts.of("database.password", "password")
        for name in (setting.name, *setting.variables)
    }
    for setting, text in texts_of(facts, "database.url"):
        url = url_of(text)
        if url is None or _password_variable(setting) in named or is_for_tests(setting):
            continue  # a password that stands elsewhere is judged there
        if url.password and is_guessable(url.password, url.user):
            yield _match(setting, url.host)
    in_urls = {place for setting in facts.of("database.url") for place in setting.used}
    for setting, text in texts_of(facts, "database.password"):
        if setting.location in in_urls or is_empty(text):
            continue
        user = _beside(facts, setting, "database.user")
        if is_guessable(text, user):
            yield _match(setting, _beside(facts, setting, "database.host"))
    for setting, text in texts_of(facts, "provider.secret"):
        name = setting.name.lower()
        of_store = is_guessable(text) and is_of_object_store(setting)
        if is_empty(text):  # the store is not in use
            continue
        if "secret" in name and (of_store or text.strip().lower() in _SHIPPED):
            yield _match(setting, "")


def _password_variable(setting: Setting) -> str:
    """Return the variable that a DSN's password is taken from, empty when it is written out."""
    candidate = winner(setting)
    raw = candidate.raw if candidate is not None and not candidate.literal else None
    reference = _REFERENCE.search(raw) if raw and "$" in raw else None
    return reference[1] if reference is not None else ""


def _match(setting: Setting, host: str) -> Match:
    return Match(
        setting,
        f"{setting.name} uses a default or guessable password",
        severities=_INTERNAL if is_internal(host) else None,
    )


def _beside(facts: Facts, setting: Setting, concept: str) -> str:
    other = facts.beside(setting, concept)
    return (text_of(other.value) or "") if other is not None else ""


RULE = Rule(
    code="CRED001",
    name="default-service-credentials",
    summary="a database, broker or store is reached with a default or guessable password",
    severities=Severities("high", "medium", "info"),
    applies_to=("database.url", "database.password", "provider.secret"),
    owasp=("API8:2023",),
    cwe=(1392, 521),
    asvs=("13.2.3",),
    explanation="""\
`postgres:postgres`, `guest:guest` and `minioadmin` are tried by every scanner. One open port,
one request forged from inside or one compromised neighbour container, and the data is read.

Generate a password for each deployment and give the setting no default. The finding is milder
where the host can be reached from the deployment's own network only.""",
    bad=(Example({".env": "DATABASE_URL=postgresql://postgres:postgres@db.acme.io:5432/app\n"}),),
    good=(
        Example({".env": "DATABASE_URL=postgresql://app:q3ZkT8wLr5Xn0cVb@db.acme.io:5432/app\n"}),
        Example({".env": "DATABASE_URL=sqlite:///./app.db\n"}),
    ),
    check=check,
)
