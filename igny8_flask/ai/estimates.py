"""What a call may cost at most, before it is made; the bill follows the provider's own figures."""

import math
import re
from collections.abc import Mapping
from decimal import Decimal

from igny8_flask.ai.constants import ESTIMATE_MARGIN
from igny8_flask.ai.price_table import bundled_tables
from igny8_flask.ai.prices import find_rate, image_cost, picture_cost, text_cost
from igny8_flask.ai.providers.wire import ImageUsage, Usage

CHARS_PER_TOKEN = 4  # of words in ASCII letters; other alphabets take about 2
SQUARE_PIXELS = 1024 * 1024  # size that the tables of image tokens are made for
_RUNS = re.compile(
    r"(?P<wide>[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff])"
    r"|(?P<plain>[A-Za-z]+)|(?P<digits>\d+)|(?P<letters>[^\W\d_]+)|(?P<signs>[^\w\s]+|_+|\n+)"
)
_CHARS = {"wide": 1, "plain": CHARS_PER_TOKEN, "digits": 3, "letters": 2, "signs": 2}


def count_tokens(text: str) -> int:
    """Tokens of a text, rather too many than too few; made for limits, not for bills."""
    runs = (
        math.ceil(len(match[0]) / _CHARS[str(match.lastgroup)]) for match in _RUNS.finditer(text)
    )
    return math.ceil(sum(runs) * ESTIMATE_MARGIN)


def estimate_text(model: str, text: str, output_tokens: int, provider: str = "") -> Decimal | None:
    """Dollars of a text call that answers with that many tokens; None = unknown price."""
    found = find_rate(model, "text", provider)
    if found is None:
        return None
    return text_cost(found.rate, Usage(count_tokens(text), 0, 0, output_tokens, 0))


def estimate_image(
    model: str, prompt: str, size: tuple[int, int], quality: str, provider: str = ""
) -> Decimal | None:
    """Dollars of one picture of that size in pixels; None = unknown price."""
    listed = find_rate(f"{quality}/{size[0]}-x-{size[1]}/{model}", "image", provider)
    found = find_rate(model, "image", provider) or listed
    if found is None:
        return None
    pixels = size[0] * size[1]
    known = _tokens_of(model)
    if found.rate.image_output is not None and known:
        share = pixels / SQUARE_PIXELS * ESTIMATE_MARGIN
        output = math.ceil(known.get(quality, max(known.values())) * share)
        return image_cost(found.rate, ImageUsage(count_tokens(prompt), 0, output))
    return picture_cost(listed.rate if listed else found.rate, pixels)


def _tokens_of(model: str) -> Mapping[str, int]:
    """Tokens of a square picture by quality, of the longest beginning of the model's name."""
    name = model.rpartition("/")[2]
    families = {
        family: tokens
        for table in bundled_tables()
        for family, tokens in table.image_tokens.items()
        if name.startswith(family)
    }
    return families[max(families, key=len)] if families else {}
