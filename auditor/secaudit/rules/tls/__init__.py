"""Rules about transport."""
