"""pydantic-settings."""
