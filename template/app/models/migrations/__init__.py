"""The migrations of the `app` branch."""
