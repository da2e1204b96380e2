"""Rules about names and files."""
