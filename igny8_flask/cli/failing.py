"""Deliberate errors become one line and exit code 1, never a trace."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import click
from sqlalchemy.exc import OperationalError

from igny8_flask.errors import Igny8Error

Given = ParamSpec("Given")
Result = TypeVar("Result")


def in_words(command: Callable[Given, Result]) -> Callable[Given, Result]:
    """Let a command fail in words."""

    @wraps(command)
    def wrapper(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        try:
            return command(*args, **kwargs)
        except Igny8Error as error:
            raise click.ClickException(error.message) from error
        except OperationalError as error:
            raise click.ClickException(
                "The database does not answer, or has no tables yet: "
                "run `flask --app wsgi db upgrade`."
            ) from error

    return wrapper
