"""Which concepts are secrets, and which names only look like one."""

from typing import Final

SECRET_CONCEPTS: Final = frozenset(
    {
        "signing.secret",
        "encryption.key",
        "provider.secret",
        "password",
        "database.password",
        "admin.password",
    }
)
_NOT_SECRET: Final = frozenset(  # last words of names that only look secret
    (
        *("expire", "expires", "expiry", "expiration", "ttl", "minutes", "hours", "days"),
        *("seconds", "length", "len", "header", "headers", "prefix", "suffix", "url", "uri"),
        *("path", "file", "filename", "dir", "algorithm", "algorithms", "alg", "limit"),
        *("enabled", "enable", "required", "name", "names", "field", "fields", "attempts"),
        *("type", "id", "ids", "issuer", "audience", "rotation", "version", "count", "size"),
        *("max", "min", "age", "policy", "policies", "hashers", "validators", "hash"),
        *("hashing", "context", "scheme", "schemes", "endpoint", "model", "class"),
        *("serializer", "lifetime", "location", "locations", "regex", "pattern", "rounds"),
        *("cost", "strength", "complexity", "timeout", "bytes", "bits", "format", "backend"),
        *("cookie", "samesite", "secure", "httponly", "domain", "reset", "history", "verify"),
        *("leeway", "public_key", "publishable_key", "site_key", "key_id", "uppercase"),
        *("lowercase", "digit", "digits", "special", "symbol", "symbols", "chars"),
        *("characters", "usage", "grant", "scope", "scopes", "description", "label"),
        *(
            "message",
            "template",
            "subject",
            "placeholder",
            "marker",
            "unusable",
            "salt_length",
            "iterations",
        ),
        "tls_secret",  # of Kubernetes: the name of a certificate
    )
)
_PARTS: Final = (  # whatever stands around them
    *("secret", "passw", "passphrase", "pwd", "token", "credential", "private", "salt", "pepper"),
    *("signature", "api_key", "access_key", "account_key", "master_key", "auth_key"),
    *("signing_key", "encryption_key", "crypt_key", "fernet_key", "shared_key"),
    *("apikey", "accesskey", "accountkey", "masterkey", "authkey", "signingkey"),
    *("encryptionkey", "cryptkey", "fernetkey", "sharedkey"),
)
_LAST_WORDS: Final = frozenset(
    ("key", "keys", "pass", "pin", "dsn", "auth", "cert", "hash"),
)


def sounds_secret(name: str) -> bool:
    """Say whether a name has a word of secrets in it, whatever it is really about."""
    text = name.lower().replace(".", "_").replace("-", "_")
    return text.rpartition("_")[2] in _LAST_WORDS or any(part in text for part in _PARTS)


def only_looks_secret(text: str) -> bool:
    """Say whether a normalised name with a secret's words is about something else."""
    parts = text.split("_")
    return parts[-1] in _NOT_SECRET or "_".join(parts[-2:]) in _NOT_SECRET
