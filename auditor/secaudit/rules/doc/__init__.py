"""Rules about API documentation."""
