"""LIMIT004: one request may ask for everything."""

from collections.abc import Iterator
from typing import Final

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities

_LARGE: Final = 1000


def check(facts: Facts) -> Iterator[Match]:
    """Yield page sizes without a cap or with one above a thousand."""
    for setting in facts.of("limit.page"):
        if setting.value is None or setting.value == 0:
            yield Match(setting, "a page may be as large as the table")
        elif isinstance(setting.value, int) and setting.value > _LARGE:
            yield Match(setting, f"a page may hold {setting.value} entries")


RULE = Rule(
    code="LIMIT004",
    name="unbounded-page",
    summary="page sizes have no cap, or one above 1000",
    severities=Severities("low", "info"),
    applies_to=("limit.page",),
    owasp=("API4:2023",),
    cwe=(770,),
    asvs=("2.4.1",),
    explanation="""\
One request can make the service read, hold and send a whole table, and a few of them at once
stop it. In Django REST framework a `PAGE_SIZE` without a pagination class pages nothing, and a
class that lets clients choose the size has no cap of its own.

Cap the size, usually at 100.""",
    bad=(
        Example({".env": "MAX_PAGE_SIZE=100000\n"}),
        Example(
            {
                "orders/pages.py": (
                    "from rest_framework.pagination import PageNumberPagination\n\n\n"
                    "class Pages(PageNumberPagination):\n    page_size = 50\n"
                    '    page_size_query_param = "size"\n'
                )
            }
        ),
    ),
    good=(
        Example({".env": "MAX_PAGE_SIZE=100\n"}),
        Example(
            {
                "orders/pages.py": (
                    "from rest_framework.pagination import PageNumberPagination\n\n\n"
                    "class Pages(PageNumberPagination):\n    page_size = 50\n"
                    '    page_size_query_param = "size"\n    max_page_size = 100\n'
                )
            }
        ),
    ),
    check=check,
)
