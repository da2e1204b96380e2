"""Rules about debugging."""
