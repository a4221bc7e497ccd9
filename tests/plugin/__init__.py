"""The WordPress plugin as a whole: its own tests, its screens, its archive."""
