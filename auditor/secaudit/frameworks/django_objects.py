"""Django objects that code touches: ``settings``, key generators, lazy translations, responses."""

from collections.abc import Callable
from typing import Final

from secaudit.evaluation.runtime import Call
from secaudit.evaluation.values import Instance, Value, unknown
from secaudit.facts import GENERATED
from secaudit.frameworks import django
from secaudit.frameworks.sinks import cookie, object_of


def _generated(call: Call) -> Value:
    return unknown(GENERATED, call.place)


def _itself(call: Call) -> Value:
    return call.arguments[0] if call.arguments else unknown("no argument", call.place)


def _response(call: Call) -> Value:
    return object_of("django.http.HttpResponse", call)


def _set_cookie(_receiver: Value, _instance: Instance, call: Call) -> Value:
    return cookie(call, same_site=None)


CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    "django.core.management.utils.get_random_secret_key": _generated,
    "django.utils.crypto.get_random_string": _generated,
    "django.utils.translation.gettext_lazy": _itself,
    "django.utils.translation.gettext": _itself,
    "django.urls.reverse_lazy": _itself,
    "django.http.HttpResponse": _response,
    "django.http.JsonResponse": _response,
}
METHODS: Final = {"django.http.HttpResponse.set_cookie": _set_cookie}
EXTERNALS: Final = {"django.conf.settings.*": django.setting}
