"""Rules about accounts."""
