"""NET004: uploaded files are stored so that everybody may read or change them."""

from collections.abc import Iterator
from typing import Final

from secaudit.facts import Facts
from secaudit.judgement.secrets import text_of
from secaudit.rule import Example, Match, Rule, Severities

_WRITABLE: Final = frozenset({"publicreadwrite"})
_READABLE: Final = frozenset({"publicread", "authenticatedread"})  # any account of the provider
_READ: Final = Severities("low", "info")


def check(facts: Facts) -> Iterator[Match]:
    """Yield default ACLs that are public; low for those that only let everybody read."""
    for setting in facts.of("storage.acl"):
        acl = (text_of(setting.value) or "").lower().replace("-", "").replace("_", "")
        if acl in _WRITABLE:
            yield Match(setting, f"{setting.name} lets everybody change the stored files")
        elif acl in _READABLE:
            message = f"{setting.name} lets everybody who has its address read a stored file"
            yield Match(setting, message, severities=_READ)


RULE = Rule(
    code="NET004",
    name="public-object-storage",
    summary="the default access of stored files is public",
    severities=Severities("high", "medium", "low"),
    applies_to=("storage.acl",),
    owasp=("API8:2023", "API1:2023"),
    cwe=(732, 276),
    asvs=("13.2.2",),
    explanation="""\
The default ACL of django-storages and its like is given to every file that is stored, uploads
included. With `public-read` everybody who learns or guesses an address reads the file without
the service being asked; with `public-read-write` everybody replaces it.

Leave the ACL unset (`AWS_DEFAULT_ACL = None`), keep the bucket private and hand out signed
addresses (`AWS_QUERYSTRING_AUTH = True`). Give public assets a storage of their own.""",
    bad=(
        Example({".env": "AWS_DEFAULT_ACL=public-read-write\n"}),
        Example(
            {
                "settings.py": (
                    'ROOT_URLCONF = "urls"\nMIDDLEWARE = []\nAWS_DEFAULT_ACL = "public-read"\n'
                )
            }
        ),
        Example({".env": "GS_DEFAULT_ACL=publicRead\n"}),
    ),
    good=(
        Example({".env": "AWS_DEFAULT_ACL=private\n"}),
        Example(
            {"settings.py": 'ROOT_URLCONF = "urls"\nMIDDLEWARE = []\nAWS_DEFAULT_ACL = None\n'}
        ),
    ),
    check=check,
    references=("https://django-storages.readthedocs.io/en/latest/backends/amazon-S3.html",),
)
