"""A language that marks each text: what the screens say can all be translated, in PHP and in JS."""

import calendar
import gettext
import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.conftest import machine_permitting
from tests.lab.admin_screens import AdminScreens, fill_every_list
from tests.lab.browser import Tab
from tests.lab.places import PLUGIN
from tests.lab.post_panel import RUN_MS
from tests.lab.processes import need, run
from tests.lab.screenshots import SCREENS
from tests.lab.site_api import SiteApi
from tests.lab.stack import Stack
from tests.lab.wordpress_site import WordPressSite
from tests.lab.wp_admin import AdminSession

pytestmark = [pytest.mark.wp, pytest.mark.browser, pytest.mark.process]
LANGUAGE = "de_DE"
MARK = "⟦"
MARK_EACH = ["msgfilter", "--keep-header", "sed", "-e", f"s/^/{MARK}/"]
HEADER = "Plural-Forms: nplurals=2; plural=(n != 1);"
SPEAK = f"update_user_meta( 1, 'locale', '{LANGUAGE}' ); return true;"
OWN_WORDS = """() => Array.from(
  document.querySelectorAll(
    '.igny8 :is(h1, h2, h3, label, th, button:not(.row-title), .description, dt)' ),
  (one) => one.innerText.trim(),
).filter((text) => /[a-z]{3}/.test(text))"""
# Names, and what WordPress itself says on our screens.
THEIRS = {
    "Select All",
    "Select bulk action",
    "Show more details",
    "Current Page",
    "Filter items list",
    "Items list",
    "Items list navigation",
    *("Administrator", "Editor", "Author", "Contributor"),
    *calendar.day_name,
    *calendar.day_abbr,
}


@pytest.fixture
def spoken(connected_site: WordPressSite, tmp_path: Path) -> Iterator[WordPressSite]:
    """A site whose administrator reads a language in which each text of ours has a mark."""
    with machine_permitting():
        need("msgen", "msgfilter", "msgfmt")
    place = connected_site.root / "wp-content/languages/plugins"
    place.mkdir(parents=True)
    catalogue = translated(tmp_path, place / f"igny8-{LANGUAGE}.mo")
    words = {"": {"lang": LANGUAGE, "plural-forms": HEADER.partition(": ")[2]}, **catalogue}
    for script in (PLUGIN / "assets").glob("*.js"):
        digest = hashlib.md5(f"assets/{script.name}".encode()).hexdigest()
        found = {"domain": "messages", "locale_data": {"messages": words}}
        (place / f"igny8-{LANGUAGE}-{digest}.json").write_text(json.dumps(found))
    connected_site.wp_eval(SPEAK)
    yield connected_site
    shutil.rmtree(place.parent)


def translated(folder: Path, target: Path) -> dict[str, list[str]]:
    """Write the catalogue of the test language; its texts with their translations."""
    po = folder / "igny8.po"
    english = run(["msgen", str(PLUGIN / "languages/igny8.pot")], "msgen")
    po.write_text(run(MARK_EACH, "msgfilter", input=with_plurals(english)))
    run(["msgfmt", "--output-file", str(target), str(po)], "msgfmt")
    found: dict[str, list[str]] = {}
    with target.open("rb") as file:
        for key, value in gettext.GNUTranslations(file)._catalog.items():  # type: ignore[attr-defined]
            name = key[0] if isinstance(key, tuple) else key
            found.setdefault(name, []).append(value)
    found.pop("", None)
    return found


def with_plurals(english: str) -> str:
    """The header of a catalogue says how the language counts."""
    dropped = ("#, fuzzy", '"Plural-Forms')
    lines = [line for line in english.splitlines() if not line.startswith(dropped)]
    at = next(n for n, line in enumerate(lines) if line.startswith('"Content-Transfer'))
    return "\n".join([*lines[: at + 1], f'"{HEADER}\\n"', *lines[at + 1 :], ""])


def test_every_text_of_the_screens_comes_in_the_language_of_the_reader(
    spoken: WordPressSite, stack: Stack, admin: AdminSession, admin_tab: Tab
) -> None:
    fill_every_list(SiteApi(stack.api_url, spoken), admin)
    page = admin_tab.page
    article = admin.call("GET", "contents")["results"][0]["id"]
    left = {}
    for name, address in {**SCREENS, "review": f"igny8-content&content={article}"}.items():
        admin_tab.admin(f"admin.php?page={address}")
        page.wait_for_load_state("networkidle")
        texts = set(page.evaluate(OWN_WORDS))
        assert any(text.startswith(MARK) for text in texts), name
        foreign = {text for text in texts if MARK not in text} - THEIRS
        left.update({name: foreign} if foreign else {})
    assert left == {}


def test_the_scripts_speak_it_too(spoken: WordPressSite, admin_tab: Tab) -> None:
    page = admin_tab.page
    admin_tab.admin("admin.php?page=igny8-tasks")
    page.locator("[aria-controls=igny8-new-task]").first.click()
    page.locator("#igny8-title").fill("Hedges")
    page.locator("#igny8-new-task [type=submit]").click()
    row = AdminScreens(admin_tab).row("Hedges")
    expect(row.locator(".column-act .igny8-quote")).to_contain_text(f"{MARK}")
    row.locator("button.button[data-igny8-act=generate]").click()
    dialog = page.locator("dialog[open]")
    expect(dialog.get_by_text(f"{MARK}Finished", exact=True)).to_be_visible(timeout=RUN_MS)
    assert dialog.get_by_role("heading").inner_text() == f"{MARK}Generate content: Hedges"
    expect(dialog.get_by_role("button", name=f"{MARK}Close")).to_be_visible()
    assert admin_tab.complaints == []
