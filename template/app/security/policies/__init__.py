"""The edge's policies: one idea a file, pure, each tested alone, composed in ``edge.py``."""
