"""The photographs in the documentation: each screen has one, and none is left over."""

import re

from tests.lab.places import PLUGIN
from tests.lab.screenshots import MOMENTS, OLDEST, ON_OLDEST, SCREENS, TARGET

OF_DEMO = ("demo-tasks", "demo-progress", "demo-post")


def test_every_screen_and_every_section_of_the_settings_is_photographed() -> None:
    menu = (PLUGIN / "includes/Admin/Menu.php").read_text()
    slugs = re.findall(r"const [A-Z]+ += '(igny8[a-z-]*)';", menu)
    fields = (PLUGIN / "includes/Admin/Settings_Fields.php").read_text()
    listed = fields.partition("function sections()")[2].partition(");\n\t}")[0]
    sections = set(re.findall(r"'(\w+)' +=> __\(", listed)) - {"connection"}
    assert len(slugs) > 1
    assert len(sections) > 1
    wanted = {*slugs, *(f"igny8-settings&section={name}" for name in sections)}
    assert set(SCREENS.values()) == wanted


def test_the_folder_holds_what_is_photographed_and_nothing_else() -> None:
    oldest = [f"{OLDEST}-{name}" for name in ON_OLDEST]
    names = [*SCREENS, *MOMENTS, *oldest, *OF_DEMO]
    assert sorted(path.name for path in TARGET.iterdir()) == sorted(f"{one}.png" for one in names)
