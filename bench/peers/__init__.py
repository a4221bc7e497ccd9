"""The same HTTP call in other job engines; imported by their own interpreter only."""
