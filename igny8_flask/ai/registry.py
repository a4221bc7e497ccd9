"""Registry of AI functions: name → class, loaded when first asked for."""

from importlib import import_module

from igny8_flask.ai.base import BaseAIFunction
from igny8_flask.errors import NotFoundError

_FUNCTIONS: dict[str, str] = {
    "auto_cluster": "igny8_flask.ai.functions.auto_cluster:AutoClusterFunction",
    "generate_ideas": "igny8_flask.ai.functions.generate_ideas:GenerateIdeasFunction",
    "generate_content": "igny8_flask.ai.functions.generate_content:GenerateContentFunction",
    "generate_images": "igny8_flask.ai.functions.generate_images:GenerateImagesFunction",
}
_ALIASES = {"auto_generate_ideas": "generate_ideas"}


def register_function(name: str, target: str) -> None:
    """Make a function known under a name; ``target`` is ``"module:Class"``."""
    _FUNCTIONS[name] = target


def list_functions() -> list[str]:
    """Names of all registered functions."""
    return sorted(_FUNCTIONS)


def get_function(name: str) -> type[BaseAIFunction]:
    """The class registered under a name; raises NotFoundError."""
    target = _FUNCTIONS.get(_ALIASES.get(name, name))
    if target is None:
        raise NotFoundError(f"There is no AI function named {name!r}.", "unknown_function")
    module, _, attribute = target.partition(":")
    found: type[BaseAIFunction] = getattr(import_module(module), attribute)
    return found


def get_function_instance(name: str) -> BaseAIFunction:
    """A fresh instance of the function registered under a name; raises NotFoundError."""
    return get_function(name)()
