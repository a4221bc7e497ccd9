"""The AI engine: six phases, one door to the providers, one registry of functions."""
