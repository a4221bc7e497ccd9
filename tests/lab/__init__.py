"""The product run for real, for the demo and the tests: WordPress, Redis, API, worker, browser."""
