"""Where the throttles of Django REST framework count."""

from collections.abc import Callable

import pytest

from secaudit.facts import Setting

Concepts = Callable[..., dict[str, list[Setting]]]

THROTTLES = "REST_FRAMEWORK = {'DEFAULT_THROTTLE_CLASSES': ['x.UserRateThrottle']}\n"
LOCAL = "django.core.cache.backends.locmem.LocMemCache"
REDIS = "django.core.cache.backends.redis.RedisCache"


def stores(by_concept: Concepts, source: str) -> list[tuple[object, str, int]]:
    text = f"MIDDLEWARE = []\nROOT_URLCONF = 'urls'\n{source}"
    found = by_concept({"settings.py": text}).get("limit.store", [])
    return [(one.value, one.candidates[0].layer, one.location.line) for one in found]


def test_the_default_cache_counts_in_each_process(by_concept: Concepts) -> None:
    assert stores(by_concept, THROTTLES) == [("memory://", "library-default", 3)]
    cache = f"CACHES = {{'default': {{'BACKEND': '{LOCAL}'}}}}\n"
    assert stores(by_concept, THROTTLES + cache) == [("memory://", "assignment", 4)]


@pytest.mark.parametrize(
    "source",
    [
        f"{THROTTLES}CACHES = {{'default': {{'BACKEND': '{REDIS}'}}}}\n",
        f"{THROTTLES}CACHES = {{'other': {{'BACKEND': '{LOCAL}'}}}}\n",
        f"{THROTTLES}CACHES = unknown()\n",
        f"CACHES = {{'default': {{'BACKEND': '{LOCAL}'}}}}\n",
        "REST_FRAMEWORK = {'DEFAULT_THROTTLE_CLASSES': []}\n",
    ],
)
def test_other_caches_and_no_throttles(by_concept: Concepts, source: str) -> None:
    assert stores(by_concept, source) == []
