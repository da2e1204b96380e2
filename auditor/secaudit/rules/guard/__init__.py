"""Rules about start-up guards that fail open."""
