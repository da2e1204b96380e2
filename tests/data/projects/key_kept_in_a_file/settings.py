import os
import secrets
from pathlib import Path

KEY_FILE = Path(os.environ.get("DATA_DIR", "/data")) / ".secret"


def determine_secret(path: Path) -> str:
    if path.exists():
        return path.read_text()
    new_secret = secrets.token_hex(32)
    path.write_text(new_secret)
    return new_secret


SECRET_KEY = determine_secret(KEY_FILE)
