"""Rules about cross-origin."""
