"""The site's language and voice reach the model."""

from igny8_flask import prompt_library, site_settings
from igny8_flask.models import Site
from tests.factories import make_task


def test_tone_audience_and_language_stand_in_the_instructions(site: Site) -> None:
    brand = {"language": "Deutsch", "tone": "wry and short", "audience": "balcony gardeners"}
    site_settings.update(site, {"brand": brand})
    task = make_task(site, title="Tomaten auf dem Balkon")
    trial = prompt_library.dry_run(site, "generate_content", None, [task.id])
    for words in brand.values():
        assert words in trial.prompt.system
