"""Fixed figures of the AI system; models and prices are data (see prices.py), not constants."""

PHASES: dict[str, tuple[int, int]] = {
    "INIT": (0, 10),
    "PREP": (10, 25),
    "AI_CALL": (25, 70),
    "PARSE": (70, 85),
    "SAVE": (85, 98),
    "DONE": (98, 100),
}  # phase → percentages where it begins and ends

ESTIMATE_MARGIN = 1.1  # safety factor of estimates, see docs/decisions.md
TEXT_SHARE_OF_DRAWING = 0.3  # how much of AI_CALL the text takes when images follow
PROMPT_DATA_MAX_CHARS = 20_000  # site data inside one prompt

FEATURED_SIZE = (1536, 1024)  # pixels; accepted by every image model in the price table
DESKTOP_SIZE = (1536, 1024)
MOBILE_SIZE = (1024, 1536)

RUNWARE_MODEL = "runware:101@1"  # where Runware draws and no model was chosen

CREDITS: dict[str, tuple[str, float]] = {
    "auto_cluster": ("item", 0.2),
    "generate_ideas": ("item", 2),
    "generate_content": ("100 words", 1),
    "generate_images": ("image", 5),
}  # function → (unit, credits per unit); totals are rounded up
