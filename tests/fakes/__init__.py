"""Stand-ins for what the real thing cannot be made to show."""
