"""Reading what models answer: any messy reply ends as the right rows or one named error.

Pure code: no database, no network, no settings. ``parse_*`` know the question; ``extract_json``
alone finds JSON in text.
"""

from igny8_flask.ai.replies.article import parse_article
from igny8_flask.ai.replies.clusters import parse_clusters
from igny8_flask.ai.replies.extract import Document, ExtractedJSON, extract_json
from igny8_flask.ai.replies.ideas import parse_ideas
from igny8_flask.ai.replies.image_prompts import parse_image_prompts
from igny8_flask.ai.replies.results import (
    ArticleReply,
    ArticleRow,
    ClusterRef,
    ClusterReply,
    ClusterRow,
    FaqEntry,
    IdeaRow,
    IdeasReply,
    ImagePromptRow,
    ImagePromptsReply,
    OutlineSection,
    Reply,
)

__all__ = [
    "ArticleReply",
    "ArticleRow",
    "ClusterRef",
    "ClusterReply",
    "ClusterRow",
    "Document",
    "ExtractedJSON",
    "FaqEntry",
    "IdeaRow",
    "IdeasReply",
    "ImagePromptRow",
    "ImagePromptsReply",
    "OutlineSection",
    "Reply",
    "extract_json",
    "parse_article",
    "parse_clusters",
    "parse_ideas",
    "parse_image_prompts",
]
