"""DBG007: an interactive GraphQL page is served."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield GraphQL pages that are served."""
    for setting in facts.of("graphql.ide"):
        if setting.value not in (None, False, ""):
            yield Match(setting, "an interactive GraphQL page is served to everyone")


RULE = Rule(
    code="DBG007",
    name="graphql-ide",
    summary="GraphiQL or another interactive GraphQL page is served",
    severities=Severities("low", "info"),
    applies_to=("graphql.ide",),
    owasp=("API8:2023", "API9:2023"),
    cwe=(489,),
    asvs=("13.4.5",),
    explanation="""\
The page shows the whole schema and runs queries with the visitor's own session.

Serve it in development only: `graphql_ide=None` in Strawberry, `graphiql=False` elsewhere.""",
    bad=(Example({".env": "GRAPHIQL_ENABLED=true\n"}),),
    good=(Example({".env": "GRAPHIQL_ENABLED=false\n"}),),
    check=check,
)
