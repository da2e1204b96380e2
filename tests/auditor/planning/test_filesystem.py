"""Where a path that a program in a container names lies on the host."""

import pytest

from secaudit.planning.filesystem import Filesystem, Part

PARTS = (
    Part("/srv", "/host/project"),
    Part("/etc/app", "/host/project/conf/prod.env"),  # COPY conf/prod.env /etc/app/
    Part("/run/secrets/key", ""),
    Part("/srv/data", "/host/volume"),
)


@pytest.mark.parametrize(
    ("folder", "path", "expected"),
    [
        ("/srv", "a.env", "/host/project/a.env"),
        ("/srv", "./sub/../a.env", "/host/project/a.env"),
        ("/srv", "data/b.env", "/host/volume/b.env"),
        ("/", "/srv/a.env", "/host/project/a.env"),
        ("", "/srv/a.env", "/host/project/a.env"),
        ("", "/etc/app/prod.env", "/host/project/conf/prod.env"),
        ("", "/etc/app", "/host/project/conf/prod.env"),
        ("/etc", "app/prod.env", "/host/project/conf/prod.env"),
        ("", "a.env", "/host/project/a.env"),
        ("/elsewhere", "a.env", "/host/project/a.env"),
        ("/srvx", "/srvx/a.env", None),
        ("", "/run/secrets/key", None),
        ("", "/host/project/a.env", None),
        ("/srv", "absent.env", None),
    ],
)
def test_the_file_behind_a_path(folder: str, path: str, expected: str | None) -> None:
    files = {
        "/host/project/a.env",
        "/host/project/conf/prod.env",
        "/host/volume/b.env",
        "/host/project/data/b.env",
    }
    assert Filesystem(PARTS, folder, "/host/project").source(path, files.__contains__) == expected
