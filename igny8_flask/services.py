"""What the parts of one application share, built once and reached through the app."""

from dataclasses import dataclass
from typing import cast

from flask import current_app

from igny8_flask.cache import Cache
from igny8_flask.config import Settings
from igny8_flask.crypto import SecretBox
from igny8_flask.limits import Limiter
from igny8_flask.outbound import Outbound

EXTENSION = "igny8"


@dataclass(frozen=True)
class Services:
    """Settings and the doors to the outside world."""

    settings: Settings
    outbound: Outbound
    secrets: SecretBox
    cache: Cache
    limiter: Limiter

    @classmethod
    def build(cls, settings: Settings) -> "Services":
        """Make the services these settings ask for; opens no connection."""
        cache = Cache(settings.redis_url)
        return cls(
            settings=settings,
            outbound=Outbound(settings.allow_private),
            secrets=SecretBox(settings.keys),
            cache=cache,
            limiter=Limiter(cache),
        )


def current() -> Services:
    """The services of the application in whose context this runs."""
    return cast(Services, current_app.extensions[EXTENSION])
