"""GraphQL servers that may serve an interactive page: Strawberry, Ariadne, graphene-django."""

from collections.abc import Callable
from typing import Final

from secaudit.evaluation.runtime import Call
from secaudit.evaluation.values import Instance, Value
from secaudit.frameworks.sinks import Argument, record, recorder

_IDE: Final = (Argument("graphql_ide", "graphql.ide", "graphiql"),)
_OLD_IDE: Final = (Argument("graphiql", "graphql.ide"),)  # before graphql_ide; wins when given
_ARIADNE: Final = (  # ariadne 0.26, asgi.GraphQL
    Argument("debug", "debug.errors", default=False),
    Argument("introspection", "graphql.introspection"),
)
_GRAPHENE: Final = (
    Argument("graphiql", "graphql.ide", default=False),
)  # graphene-django 3, flask-graphql


def _router(call: Call) -> Value:
    """``GraphQLRouter(schema, graphql_ide="graphiql")``."""
    record(call, "GraphQL", _OLD_IDE if "graphiql" in call.keywords else _IDE, "strawberry")
    return Value(Instance("strawberry.GraphQL"), call.place)


def _ariadne(call: Call) -> Value:
    """``GraphQL(schema, debug=False, introspection=True, explorer=None)``: no page without both."""
    record(call, "GraphQL", _ARIADNE, "ariadne")
    introspection = call.keywords.get("introspection")
    if "explorer" not in call.keywords and (introspection is None or introspection.data is True):
        record(call, "GraphQL", (Argument("explorer", "graphql.ide", "graphiql"),), "ariadne")
    return Value(Instance("ariadne.GraphQL"), call.place)


CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    "strawberry.fastapi.GraphQLRouter": _router,
    "strawberry.asgi.GraphQL": _router,
    "strawberry.litestar.make_graphql_controller": _router,
    **{
        f"strawberry.{package}.views.{view}.as_view": _router
        for package in ("django", "flask", "quart", "chalice")
        for view in ("GraphQLView", "AsyncGraphQLView")
    },
    "strawberry.aiohttp.views.GraphQLView": _router,
    "strawberry.sanic.views.GraphQLView.as_view": _router,
    "ariadne.asgi.GraphQL": _ariadne,
    "ariadne.wsgi.GraphQL": _ariadne,
    **dict.fromkeys(
        (
            *("graphene_django.views.GraphQLView.as_view", "flask_graphql.GraphQLView.as_view"),
            "graphql_server.flask.GraphQLView.as_view",
        ),
        recorder("GraphQLView", _GRAPHENE, "graphene"),
    ),
}
