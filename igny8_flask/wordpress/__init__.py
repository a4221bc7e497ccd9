"""The client of a site's WordPress: calls and their translation, no decisions."""
