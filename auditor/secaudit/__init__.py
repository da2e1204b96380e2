"""secaudit: finds security misconfiguration in the settings of Python API projects."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from secaudit.finding import Report

__version__ = "0.1.0"
__all__ = ["__version__", "audit"]


def audit(*paths: str, **options: Any) -> "Report":  # noqa: ANN401 - fields of options.Options
    """Audit files and folders and return the report.

    Args:
        paths: what to audit.
        options: fields of ``secaudit.options.Options``, such as ``profile="production"``. No
            configuration file is read.

    Raises:
        secaudit.errors.AuditError: for a misuse, such as nothing to audit.
    """
    from secaudit.options import Options  # noqa: PLC0415 - importing secaudit costs nothing
    from secaudit.pipeline import audit as run  # noqa: PLC0415 - see above

    return run(paths, Options(**options))
