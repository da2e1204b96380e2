"""Classes of a project that make pages of Django REST framework."""

from typing import Any

import pytest

CLASS = (
    "from rest_framework.pagination import {base}\nclass Pages({base}):\n    page_size = 50\n{more}"
)


@pytest.mark.parametrize(
    ("base", "more", "sizes"),
    [
        ("PageNumberPagination", "", []),
        ("PageNumberPagination", "    page_size_query_param = None\n", []),
        ("PageNumberPagination", "    page_size_query_param = 'size'\n", [None]),
        (
            "CursorPagination",
            "    page_size_query_param = 'size'\n    max_page_size = 100\n",
            [100],
        ),
        ("LimitOffsetPagination", "", [None]),
        ("LimitOffsetPagination", "    max_limit = 5000\n", [5000]),
        ("BasePagination", "    page_size_query_param = 'size'\n", []),
    ],
)
def test_the_largest_page_that_a_client_may_ask_for(
    base: str,
    more: str,
    sizes: list[int | None],
    by_concept: Any,  # noqa: ANN401 - a fixture
) -> None:
    found = by_concept({"pages.py": CLASS.format(base=base, more=more)}).get("limit.page", [])
    assert [one.value for one in found] == sizes


def test_the_cap_of_a_base_class_counts(by_concept: Any) -> None:  # noqa: ANN401 - a fixture
    more = "    max_page_size = 100\nclass Own(Pages):\n    page_size_query_param = 'size'\n"
    source = CLASS.format(base="PageNumberPagination", more=more)
    assert [one.value for one in by_concept({"pages.py": source})["limit.page"]] == [100]
