"""Ratios against named peers, measured in interleaved runs. See docs/performance.md."""
