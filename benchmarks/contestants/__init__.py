"""Other services with the same routes, to measure the generated one against."""
