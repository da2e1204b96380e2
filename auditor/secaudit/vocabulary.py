"""The names the auditor thinks in: concepts of settings and kinds of observations.

Concepts come in groups; settings of one policy (one CORS middleware, one cookie, one token)
share ``Setting.group``.
"""

from typing import Final

# concept: what the value means, in the unit rules may rely on
CONCEPTS: Final[dict[str, str]] = {
    # secrets
    "signing.secret": "text that signs sessions, tokens or cookies",
    "encryption.key": "text that encrypts stored data",
    "provider.secret": "secret issued by another party: API keys, webhook and OAuth client secrets",
    "password": "password of any other account",
    # accounts
    "database.url": "DSN of a data store, broker or cache",
    "database.user": "user name of a data store, broker or object store",
    "database.password": "password of a data store, broker or object store",
    "database.host": "host name of a data store, broker or object store",
    "admin.user": "name of the first administrator",
    "admin.password": "password of the first administrator",
    # debug
    "debug.enabled": "bool: debug mode of the application",
    "debug.reload": "bool: reloading development server",
    "debug.server": "bool: a development server is what runs",
    "debug.errors": "bool: error details reach clients",
    "debug.sql_echo": "bool: statements are logged with their parameters",
    "debug.log_level": "log level name in upper case",
    "graphql.ide": "bool: an interactive GraphQL page is served",
    "graphql.introspection": "bool: the GraphQL schema can be queried",
    # documentation of the API
    "docs.url": "path of interactive documentation, None when off",
    "docs.redoc": "path of ReDoc, None when off",
    "docs.openapi": "path of the OpenAPI document, None when off",
    "docs.enabled": "bool: the switch that the code offers for its documentation",
    # cross-origin
    "cors.origins": "list of origins, or one string where the program passes a string",
    "cors.regex": "regular expression of origins",
    "cors.allow_all": "bool: any origin",
    "cors.credentials": "bool: credentials are allowed",
    # hosts and proxies
    "hosts.allowed": "list of host names",
    "proxy.trusted": "list of addresses or networks whose forwarding headers are believed",
    # transport
    "tls.verify": "bool: certificates of peers are verified",
    "tls.redirect": "bool: http is redirected to https",
    "tls.minimum": "lowest protocol version, such as TLSv1.2",
    "tls.database": "sslmode or equivalent of a data store connection",
    "tls.mail": "bool: mail is sent over TLS",
    "service.url": "URL of an upstream service",
    "packages.index": "URLs that packages are installed from: a list, or text with blanks between",
    # response headers
    "header.hsts": "seconds of Strict-Transport-Security, 0 when off",
    "header.nosniff": "bool",
    "header.frame": "X-Frame-Options value, empty when off",
    # cookies
    "cookie.secure": "bool",
    "cookie.httponly": "bool",
    "cookie.samesite": "lax, strict, none, or empty",
    "csrf.enabled": "bool: CSRF protection is on where cookies authenticate",
    "csrf.origins": "list of origins whose requests pass the CSRF check",
    "session.serializer": "dotted name or short name of the session serializer",
    # tokens and access
    "token.access_lifetime": "timedelta; zero or None = never expires",
    "token.refresh_lifetime": "timedelta; zero or None = never expires",
    "token.expires": "bool: issued tokens carry an expiry",
    "token.algorithm": "algorithm that signs",
    "token.algorithms": "list of algorithms accepted, ``*`` for the one that a token names",
    "token.verify": "bool: signatures are verified",
    "token.audience": "expected audience; empty when unchecked",
    "password.hashers": "list of hashing schemes, the first hashes",
    "password.bcrypt_rounds": "bcrypt's cost: it runs two to the power of it rounds",
    "password.pbkdf2_rounds": "iterations of PBKDF2",
    "password.min_length": "characters",
    "password.validators": "list of validators",
    "access.permissions": "list of default permissions",
    "access.authentication": "list of authentication classes",
    "access.enabled": "bool: authentication is required",
    # consumption
    "limit.enabled": "bool: a rate limiter is active",
    "limit.rate": "quota as text",
    "limit.store": "URL of the limiter's store",
    "limit.page": "largest page size; None = no cap",
    "limit.body": "bytes; None = no cap",
    "limit.head": "bytes of a request line or header; zero = no cap",
    "limit.upload": "bytes; None = no cap",
    # task queues
    "tasks.accepted": "list of content types that workers take from the queue",
    "tasks.serializer": "short name of what turns tasks or results into text",
    # deployment
    "storage.acl": "canned ACL that an object store gives each stored file",
    "environment": "name of the environment that the code branches on",
    "server.host": "address the server binds",
    "server.workers": "number of worker processes",
    "container.user": "user a container runs as, empty = root",
    "container.privileged": "bool",
}

# kind: the keys of Observation.detail
OBSERVATIONS: Final[dict[str, tuple[str, ...]]] = {
    "line-dropped": ("key", "dialect", "reason"),  # a line the loader passes over
    "line-differs": ("key", "dialect", "other", "reason"),  # another reader reads it otherwise
    "key-duplicate": ("key", "first"),  # first: Location of the earlier assignment
    # a key that nothing reads; the nearest name that is read, its own one when read elsewhere
    "key-unread": ("key", "nearest"),
    "key-refused": ("key", "cls"),  # an env file key that a settings class refuses to start with
    "setting-inert": ("name", "reason"),  # written, but nothing makes use of it
    "field-env-ignored": ("field", "written", "actual"),  # Field(env=) under pydantic v2
    "value-undecodable": ("key", "type", "reason"),  # a list that will not decode, and the like
    "suppression-in-value": ("key",),  # an ignore comment that became part of a value
    "guard": ("selector", "fires", "defeated_by", "subject"),  # a start-up check
    # absent, or else only unknown, means development
    "selector-fails-open": ("selector", "default", "absent"),
    "profile-conflict": ("signals",),
    "settings-fallback": ("exception",),  # except that falls back to other settings
    "emptiness-tested": (),  # an empty setting that code asks for before it uses it
    "secret-per-process": ("purpose",),  # signing or encryption; anew at each start
    "secret-logged": ("name",),
    "secret-in-image": ("name", "instruction", "placeholder"),  # Dockerfile ENV or ARG
    "secret-in-manifest": ("name", "object", "value"),  # of Kubernetes; the value in the clear
    "file-readable": ("mode",),
    "file-tracked": (),
    "example-loaded": ("loader",),
    "port-published": ("service", "image", "address", "port"),
    "store-without-auth": ("service", "image", "told"),  # told to be so, or so by itself
    "mitigation": ("what",),  # a limiter, header middleware or similar that code shows
    "login-unlimited": ("path", "place"),  # the login that is routed, where no limiter has a name
    "suppression-unused": ("codes",),  # of the run itself, made by the shell
    "suppression-expired": ("until",),
    "suppression-malformed": ("fault",),
    "value-of-example": ("key", "example"),  # a real value equals that of the example file
    "example-keys": ("keys", "example"),  # the keys that an example file names
    # of a generated project, made by secaudit.template
    "advisory-lacking": ("title", "severity", "fixed", "installed", "changes", "action", "owasp"),
    "template-file-edited": ("version",),
    "template-file-missing": (),
    "update-leftover": ("what",),
    "answer-contradicted": ("value", "reason"),
    "source-credentials": (),
    "env-out-of-step": ("reason",),
}
