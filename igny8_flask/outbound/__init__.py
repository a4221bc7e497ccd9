"""The only door to other people's servers: judged addresses, deadlines, size caps, no redirects.

Every request of the product to a provider, a site or an image host goes through ``Outbound``.
Nothing else imports requests, urllib3, http.client or socket.
"""

from igny8_flask.outbound.addresses import Target, parse_url
from igny8_flask.outbound.client import Outbound, Reply, StreamReply
from igny8_flask.outbound.policy import IMAGE, PROVIDER, WORDPRESS, Policy
from igny8_flask.outbound.weight import is_too_dense

__all__ = [
    "IMAGE",
    "PROVIDER",
    "WORDPRESS",
    "Outbound",
    "Policy",
    "Reply",
    "StreamReply",
    "Target",
    "is_too_dense",
    "parse_url",
]
