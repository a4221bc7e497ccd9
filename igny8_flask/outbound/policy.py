"""What a kind of outbound request may take: time, bytes and destinations."""

from dataclasses import dataclass

_MIB = 1024 * 1024


@dataclass(frozen=True)
class Policy:
    """Limits of one kind of request; times in seconds, ``max_bytes`` counts the decoded body.

    ``first_byte_s`` runs from the sent request to the first byte of the body, ``idle_s`` between
    two later reads, ``total_s`` over everything. ``origins`` holds the allowed
    ``scheme://host[:port]``; ``None`` means any public address.
    """

    name: str
    first_byte_s: float
    idle_s: float
    total_s: float
    max_bytes: int
    connect_s: float = 5.0
    origins: frozenset[str] | None = None


PROVIDER = Policy("provider", first_byte_s=120, idle_s=60, total_s=600, max_bytes=32 * _MIB)
WORDPRESS = Policy("wordpress", first_byte_s=30, idle_s=30, total_s=60, max_bytes=5 * _MIB)
IMAGE = Policy("image", first_byte_s=30, idle_s=30, total_s=60, max_bytes=20 * _MIB)
