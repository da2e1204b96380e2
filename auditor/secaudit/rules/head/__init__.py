"""Rules about response headers."""
