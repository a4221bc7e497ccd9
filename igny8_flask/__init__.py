"""IGNY8 Flask: an AI content pipeline for WordPress sites."""
