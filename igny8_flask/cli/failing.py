"""Commands are the operator's: they see every tenant, and fail in one line, never with a trace."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import click
from sqlalchemy.exc import OperationalError

from igny8_flask.errors import Igny8Error
from igny8_flask.tenants import every_tenant

Given = ParamSpec("Given")
Result = TypeVar("Result")


def in_words(command: Callable[Given, Result]) -> Callable[Given, Result]:
    """Let a command work for every tenant, and fail in words."""

    @wraps(command)
    def wrapper(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        try:
            with every_tenant():
                return command(*args, **kwargs)
        except Igny8Error as error:
            raise click.ClickException(error.message) from error
        except OperationalError as error:
            raise click.ClickException(
                "The database does not answer, or has no tables yet: "
                "run `flask --app wsgi db upgrade`."
            ) from error

    return wrapper
