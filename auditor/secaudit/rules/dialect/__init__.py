"""Rules about how files are read."""
