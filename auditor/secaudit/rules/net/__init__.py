"""Rules about network exposure."""
