"""Benchmarks: every part prints ratios measured side by side; ``python -m bench`` runs them all."""
