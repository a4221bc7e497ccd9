"""The rows: one module an area. No HTTP, no queue, no decisions here."""

from igny8_flask.models.accounts import Account, ConnectCode, Site, SiteKey
from igny8_flask.models.budgets import BudgetCounter, BudgetHold
from igny8_flask.models.enums import (
    CallState,
    ContentStatus,
    DeliveryKind,
    ImageKind,
    KeyScope,
    LedgerKind,
    ProposalState,
    PublicationState,
    SiteStatus,
    TaskStatus,
    VersionOrigin,
    WorkState,
)
from igny8_flask.models.money import LedgerEntry
from igny8_flask.models.planner import Cluster, ContentIdea, Keyword
from igny8_flask.models.prices import ModelListing, ModelPrice
from igny8_flask.models.publishing import Delivery, Publication, SiteMedia, SitePost
from igny8_flask.models.runs import AITaskLog, PaidCall
from igny8_flask.models.system import AIPrompt, Heartbeat, IdempotencyRecord, IntegrationSettings
from igny8_flask.models.writer import (
    ArticleText,
    Content,
    ContentProposal,
    ContentVersion,
    Image,
    ImageFile,
    Task,
)

__all__ = [
    "AIPrompt",
    "AITaskLog",
    "Account",
    "ArticleText",
    "BudgetCounter",
    "BudgetHold",
    "CallState",
    "Cluster",
    "ConnectCode",
    "Content",
    "ContentIdea",
    "ContentProposal",
    "ContentStatus",
    "ContentVersion",
    "Delivery",
    "DeliveryKind",
    "Heartbeat",
    "IdempotencyRecord",
    "Image",
    "ImageFile",
    "ImageKind",
    "IntegrationSettings",
    "KeyScope",
    "Keyword",
    "LedgerEntry",
    "LedgerKind",
    "ModelListing",
    "ModelPrice",
    "PaidCall",
    "ProposalState",
    "Publication",
    "PublicationState",
    "Site",
    "SiteKey",
    "SiteMedia",
    "SitePost",
    "SiteStatus",
    "Task",
    "TaskStatus",
    "VersionOrigin",
    "WorkState",
]
