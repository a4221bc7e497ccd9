"""The rows: one module an area. No HTTP, no queue, no decisions here."""

from igny8_flask.models.accounts import Account, ConnectCode, Site, SiteKey
from igny8_flask.models.budgets import BudgetCounter, BudgetHold
from igny8_flask.models.enums import (
    CallState,
    ContentStatus,
    DeliveryKind,
    ImageKind,
    LedgerKind,
    SiteStatus,
    TaskStatus,
    WorkState,
)
from igny8_flask.models.money import LedgerEntry
from igny8_flask.models.planner import Cluster, ContentIdea, Keyword
from igny8_flask.models.prices import ModelListing, ModelPrice
from igny8_flask.models.publishing import Delivery
from igny8_flask.models.runs import AITaskLog, PaidCall
from igny8_flask.models.system import AIPrompt, IdempotencyRecord, IntegrationSettings
from igny8_flask.models.writer import Content, Image, ImageFile, Task

__all__ = [
    "AIPrompt",
    "AITaskLog",
    "Account",
    "BudgetCounter",
    "BudgetHold",
    "CallState",
    "Cluster",
    "ConnectCode",
    "Content",
    "ContentIdea",
    "ContentStatus",
    "Delivery",
    "DeliveryKind",
    "IdempotencyRecord",
    "Image",
    "ImageFile",
    "ImageKind",
    "IntegrationSettings",
    "Keyword",
    "LedgerEntry",
    "LedgerKind",
    "ModelListing",
    "ModelPrice",
    "PaidCall",
    "Site",
    "SiteKey",
    "SiteStatus",
    "Task",
    "TaskStatus",
    "WorkState",
]
