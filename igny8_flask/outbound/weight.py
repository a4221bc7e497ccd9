"""How much a foreign JSON text would become in memory, told before it is parsed."""

MAX_VALUES = 500_000


def is_too_dense(text: str | bytes) -> bool:
    """Whether a text holds so many values that parsing it would take tens of its size.

    Five million characters of ``[],`` are a hundred megabytes of empty lists. Counts what
    separates and opens values, in texts as well: an article has a few thousand of them.
    """
    if len(text) <= MAX_VALUES:
        return False
    body = text.encode("utf-8", "replace") if isinstance(text, str) else text
    return body.count(b",") + body.count(b"[") + body.count(b"{") > MAX_VALUES
