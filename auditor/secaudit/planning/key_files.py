"""Files of keys that code opens and git tracks: ``open("private.pem")``."""

from collections.abc import Iterable, Iterator

from secaudit.facts import Candidate, Observation
from secaudit.judgement.secrets import is_plain_secret, is_private_key, is_real
from secaudit.options import Options
from secaudit.patterns import lazy
from secaudit.planning import paths, profiles
from secaudit.planning.deployment import Deployment
from secaudit.planning.profiles import Signal
from secaudit.planning.reading import Reader
from secaudit.planning.settings import written
from secaudit.syntax.text import whole

_NAME = lazy(r"(?i).*\.(pem|key|p8|pk8)|id_(rsa|ecdsa|ed25519)|[\w.-]*(secret|token)[\w.-]*\.txt")


def deployments(
    root: str, tracked: Iterable[str], modules: Iterable[str], reader: Reader, options: Options
) -> Iterator[Deployment]:
    """Yield one deployment for each tracked file with a secret that some module names."""
    inside = (path for path in sorted(tracked) if path.startswith(root.rstrip("/") + "/"))
    for path in inside:
        name = paths.name_of(path)
        if not _NAME.fullmatch(name) or not reader.allowed(path):
            continue
        if not any(name.encode() in reader.data(module) for module in modules):
            continue
        text = reader.data(path).decode("utf-8", errors="replace")
        if not _is_secret(text):
            continue
        value, place = whole(text, path)
        relative = paths.relative(path, root)
        candidate = Candidate("secrets-dir", value, value, place, literal=True)
        signals = [Signal(relative, profiles.of_file(relative))]
        yield Deployment(
            relative,
            root,
            profiles.chosen(options, [path], signals),
            settings=(written(name, "signing.secret", "", place, candidate),),
            observations=(Observation("file-tracked", place, name, {}),),
        )


def _is_secret(text: str) -> bool:
    """Say whether a file holds a private key that no passphrase guards, or one random text."""
    if is_private_key(text):
        return "ENCRYPTED" not in text
    return is_plain_secret(text) and is_real(text)
