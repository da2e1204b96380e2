"""Strawberry: GraphQL routers and views, which serve an interactive page unless told otherwise."""

from collections.abc import Callable
from typing import Final

from secaudit.evaluation.runtime import Call
from secaudit.evaluation.values import Instance, Value
from secaudit.frameworks.sinks import Argument, record

_IDE: Final = (Argument("graphql_ide", "graphql.ide", "graphiql"),)
_OLD_IDE: Final = (Argument("graphiql", "graphql.ide"),)  # before graphql_ide; wins when given


def _router(call: Call) -> Value:
    """``GraphQLRouter(schema, graphql_ide="graphiql")``."""
    record(call, "GraphQL", _OLD_IDE if "graphiql" in call.keywords else _IDE, "strawberry")
    return Value(Instance("strawberry.GraphQL"), call.place)


CALLS: Final[dict[str, Callable[[Call], Value]]] = {
    "strawberry.fastapi.GraphQLRouter": _router,
    "strawberry.asgi.GraphQL": _router,
    "strawberry.litestar.make_graphql_controller": _router,
}
