"""How long the sandbox takes: named presets, or an exact number of seconds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Latency:
    """Seconds to the first token, tokens a second after it, seconds for an image.

    ``total_s`` fixes the whole reply instead: every text and every image takes exactly that long.
    """

    first_s: float = 0.0
    tokens_per_s: float = 0.0
    image_s: float = 0.0
    total_s: float | None = None

    def text(self, tokens: int) -> tuple[float, float]:
        """Return seconds before the first token and seconds from there to the last one."""
        if self.total_s is not None:
            return self.total_s * 0.2, self.total_s * 0.8
        streaming_s = tokens / self.tokens_per_s if self.tokens_per_s else 0.0
        return self.first_s, streaming_s

    def image(self) -> float:
        """Return seconds that one image request takes."""
        return self.image_s if self.total_s is None else self.total_s


PRESETS = {
    "test": Latency(),
    "demo": Latency(first_s=0.6, tokens_per_s=180.0, image_s=2.5),
    "slow": Latency(first_s=5.0, tokens_per_s=30.0, image_s=20.0),
}


def parse_latency(text: str) -> Latency:
    """Turn a preset's name or a number of seconds into a latency.

    Raises ValueError for anything else.
    """
    preset = PRESETS.get(text.strip().lower())
    if preset is not None:
        return preset
    try:
        seconds = float(text)
    except ValueError:
        names = ", ".join(PRESETS)
        raise ValueError(f"latency must be one of {names} or seconds, not {text!r}") from None
    if not 0 <= seconds <= 3600:
        raise ValueError("latency must lie between 0 and 3600 seconds")
    return Latency(total_s=seconds)
