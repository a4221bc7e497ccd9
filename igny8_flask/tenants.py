"""Whose rows the running code may touch: those of one site, or everybody's for the operator.

The scope is set where the caller becomes known: ``auth.py`` for a request, ``jobs.py`` for a job.
Without one the database session refuses to work. ``every_tenant`` is for the operator's commands,
the dispatcher and the few questions that are about everybody; each use is found by its name.
"""

import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Uuid, bindparam, false


class TenantError(Exception):
    """Code reached for rows without a scope, or past its scope: a mistake of ours, never input."""


@dataclass(frozen=True)
class Tenant:
    """One site of one account."""

    account_id: uuid.UUID
    site_id: uuid.UUID


@dataclass(frozen=True)
class Everybody:
    """The operator's scope."""


EVERYBODY: Final = Everybody()
Scope = Tenant | Everybody | None
_scope: ContextVar[Scope] = ContextVar("tenant_scope", default=None)


class TenantOwned:
    """Mixin of every model whose rows belong to somebody; the session filters by ``is_own``."""

    @classmethod
    def is_own(cls) -> Any:
        """The condition on rows that a tenant may see; nothing unless a model says more."""
        return false()

    def owner(self) -> tuple[uuid.UUID | None, uuid.UUID | None]:
        """Account and site of this row, as far as they are loaded."""
        return self.__dict__.get("account_id"), self.__dict__.get("site_id")


def _own(name: str) -> Any:
    """A bound value that is read from the scope at the moment a statement runs."""
    return bindparam(f"own_{name}", type_=Uuid(), callable_=lambda: getattr(scope(), name))


OWN_ACCOUNT: Final = _own("account_id")
OWN_SITE: Final = _own("site_id")


def scope() -> Scope:
    """The present scope; None = nobody's."""
    return _scope.get()


def enter(tenant: Tenant) -> None:
    """Go on as this tenant until the surrounding scope ends."""
    _scope.set(tenant)


@contextmanager
def within(scope: Scope) -> Iterator[None]:
    """Run the block in a scope that was known elsewhere; None = nobody's."""
    token = _scope.set(scope)
    try:
        yield
    finally:
        _scope.reset(token)


def tenant(account_id: uuid.UUID, site_id: uuid.UUID) -> AbstractContextManager[None]:
    """Run the block for one site."""
    return within(Tenant(account_id, site_id))


def every_tenant() -> AbstractContextManager[None]:
    """Run the block for everybody: operator, dispatcher, and what must look across sites."""
    return within(EVERYBODY)
