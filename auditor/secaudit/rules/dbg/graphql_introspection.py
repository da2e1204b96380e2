"""DBG008: everybody may ask for the GraphQL schema."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.values import switch
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield switches that leave introspection on."""
    for setting in facts.of("graphql.introspection"):
        if setting.value is True:
            yield Match(
                setting,
                "everybody may ask for the whole GraphQL schema",
                fix=switch(setting, to=False, title="Switch introspection off"),
            )


RULE = Rule(
    code="DBG008",
    name="graphql-introspection",
    summary="GraphQL introspection is on",
    severities=Severities("low", "info"),
    applies_to=("graphql.introspection",),
    owasp=("API8:2023", "API9:2023"),
    cwe=(200,),
    asvs=("4.3.2",),
    explanation="""\
Introspection lists every type, field and mutation, also those that no client of yours uses.

Switch it off in production unless the API is meant for others to explore.""",
    bad=(Example({".env": "GRAPHQL_INTROSPECTION=true\n"}),),
    good=(Example({".env": "GRAPHQL_INTROSPECTION=false\n"}),),
    check=check,
)
