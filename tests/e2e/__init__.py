"""The product end to end: real WordPress, API, worker processes, Redis and browser."""
