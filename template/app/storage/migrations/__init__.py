"""The migrations of the `core` branch, and the environment that Alembic runs them in."""
