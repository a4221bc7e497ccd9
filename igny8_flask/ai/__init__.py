"""The AI engine: six phases, one door to the providers, one registry of functions.

The names below are the package's public face; each is loaded when first asked for, so that
importing the package loads nothing else.
"""

from importlib import import_module
from typing import Any

_EXPORTS = {
    "AICore": "ai_core",
    "AIEngine": "engine",
    "BaseAIFunction": "base",
    "MODEL_CONFIG": "settings",
    "PromptRegistry": "prompts",
    "get_function": "registry",
    "get_function_instance": "registry",
    "get_model_config": "settings",
    "list_functions": "registry",
    "register_function": "registry",
    "validate_clusters_exist": "validators",
    "validate_ids": "validators",
    "validate_keywords_exist": "validators",
    "validate_tasks_exist": "validators",
}


def __getattr__(name: str) -> Any:
    if name not in _EXPORTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_EXPORTS[name]}"), name)


def __dir__() -> list[str]:
    return sorted(_EXPORTS)
