"""Rules about consumption."""
