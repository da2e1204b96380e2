"""SEC019: a Kubernetes manifest holds a secret in the clear."""

from collections.abc import Iterator

from secaudit.facts import Facts
from secaudit.judgement.hosts import url_of
from secaudit.judgement.secrets import is_guessable, is_usable
from secaudit.rule import Example, Match, Rule, Severities


def check(facts: Facts) -> Iterator[Match]:
    """Yield usable secrets, and passwords in DSNs; guessable ones have rules of their own."""
    for seen in facts.seen("secret-in-manifest"):
        text = str(seen.detail["value"])
        url = url_of(text)
        secret = text if url is None else url.password
        if secret and (is_usable(secret) if url is None else not is_guessable(secret, url.user)):
            name, title = seen.detail["name"], seen.detail["object"]
            yield Match(seen, f"{name} is written into {title}")


RULE = Rule(
    code="SEC019",
    name="secret-in-manifest",
    summary="a Kubernetes manifest holds a secret: in a ConfigMap, a literal variable, a Secret",
    severities=Severities("high", "medium", "info", "info"),
    applies_to=("secret-in-manifest",),
    owasp=("API8:2023",),
    cwe=(798, 312),
    asvs=("13.3.1",),
    explanation="""\
Manifests are committed and applied by pipelines, so the secret is in every clone and in the
history. Base64 in a `Secret` hides nothing: it is how the object stores bytes. A ConfigMap can
also be read by everyone who may look at the namespace.

Let the cluster hold the value: create the Secret outside the repository (External Secrets, a
secret store's operator), or commit it encrypted (Sealed Secrets, SOPS), and refer to it with
`valueFrom: secretKeyRef`. Replace the value that was committed.""",
    bad=(
        Example(
            {
                "k8s/config.yaml": (
                    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: api\ndata:\n"
                    "  LOG_LEVEL: INFO\n  SECRET_KEY: Vd9xTqf2mWJ7hZsK4rLc0uYbN8eGpA5i\n"
                )
            }
        ),
        Example(
            {
                "k8s/api.yaml": (
                    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: api\nspec:\n"
                    "  template:\n    spec:\n      containers:\n        - name: api\n"
                    "          image: shop/api:1\n          env:\n"
                    "            - name: DATABASE_PASSWORD\n"
                    "              value: Vd9xTqf2mWJ7hZsK4rLc0uYbN8eGpA5i\n"
                )
            }
        ),
        Example(
            {
                "k8s/secret.yaml": (
                    "apiVersion: v1\nkind: Secret\nmetadata:\n  name: api\ndata:\n"
                    "  JWT_SECRET: VmQ5eFRxZjJtV0o3aFpzSzRyTGMwdVliTjhlR3BBNWk=\n"
                )
            }
        ),
    ),
    good=(
        Example(
            {
                "k8s/api.yaml": (
                    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: api\nspec:\n"
                    "  template:\n    spec:\n      containers:\n        - name: api\n"
                    "          image: shop/api:1\n          env:\n"
                    "            - name: DATABASE_PASSWORD\n              valueFrom:\n"
                    "                secretKeyRef: {name: api, key: database-password}\n"
                )
            }
        ),
        Example(
            {
                "k8s/config.yaml": (
                    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: api\ndata:\n"
                    "  LOG_LEVEL: INFO\n  SECRET_KEY_FILE: /run/secrets/key\n"
                )
            }
        ),
    ),
    check=check,
    references=("https://kubernetes.io/docs/concepts/security/secrets-good-practices/",),
)
