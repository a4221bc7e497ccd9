"""Values that the end of a text left open, so that whole items can be told from half ones."""

from typing import Any

MAX_DEPTH = 60


class CutDict(dict[str, Any]):
    """An object that the text ended in; its last value may be cut too."""


class CutList(list[Any]):
    """An array that the text ended in; its last item may be cut too."""


class CutStr(str):
    """A string that the text ended in."""

    __slots__ = ()


def is_cut(value: object) -> bool:
    """Tell whether the text ended inside this value."""
    return isinstance(value, CutDict | CutList | CutStr)


def too_deep(value: object) -> bool:
    """Whether a decoded value is nested deeper than the reader goes."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for item in level
            if isinstance(item, list | dict)
            for child in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return False
    return True
