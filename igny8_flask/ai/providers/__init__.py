"""AI providers: one wire form, thin clients over ``outbound``, one error class."""

from igny8_flask.ai.providers.base_url import normalize_base_url
from igny8_flask.ai.providers.catalog import PROVIDERS, Provider, provider_for
from igny8_flask.ai.providers.errors import classify
from igny8_flask.ai.providers.models_list import list_models
from igny8_flask.ai.providers.moderation import Moderation
from igny8_flask.ai.providers.openai_images import OpenAIImages
from igny8_flask.ai.providers.openai_text import OpenAICompatText
from igny8_flask.ai.providers.profiles import MemoryProfiles, Profile, ProfileStore
from igny8_flask.ai.providers.runware_images import RunwareImages
from igny8_flask.ai.providers.wire import (
    ImageData,
    ImageReply,
    ImageRequest,
    ImageUsage,
    Message,
    ModelInfo,
    ModerationReply,
    ReplySchema,
    TextReply,
    TextRequest,
    Usage,
)

__all__ = [
    "PROVIDERS",
    "ImageData",
    "ImageReply",
    "ImageRequest",
    "ImageUsage",
    "MemoryProfiles",
    "Message",
    "ModelInfo",
    "Moderation",
    "ModerationReply",
    "OpenAICompatText",
    "OpenAIImages",
    "Profile",
    "ProfileStore",
    "Provider",
    "ReplySchema",
    "RunwareImages",
    "TextReply",
    "TextRequest",
    "Usage",
    "classify",
    "list_models",
    "normalize_base_url",
    "provider_for",
]
