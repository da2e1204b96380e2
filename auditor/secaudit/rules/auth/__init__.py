"""Rules about tokens and access."""
