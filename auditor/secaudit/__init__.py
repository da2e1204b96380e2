"""secaudit: finds security misconfiguration in the settings of Python API projects."""

__version__ = "0.1.0"
