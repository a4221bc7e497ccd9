"""Every case in the real block editor, as a site stores it for the publishing user."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser

from igny8_flask.content import Dialect, PlacedImage, normalize, place_images, render_blocks
from tests.conftest import machine_permitting
from tests.content.test_attacks import ATTACKS, WRAPS, normalized
from tests.content.test_cases import CASES
from tests.lab.browser import Tab, tab
from tests.lab.wordpress_site import WordPressSite

pytestmark = [pytest.mark.wp, pytest.mark.browser, pytest.mark.timeout(600)]

BATCH = 25
DIALECTS = {"6.1": Dialect.BEFORE_6_3, "6.8": Dialect.BEFORE_7_0, "7.1": Dialect.NEWEST}
REFUSED = {"core/freeform", "core/missing", "core/html"}
BLOCK_IN_PARAGRAPH = re.compile(r"<p[ >](?:(?!</p>).)*<(?:p|div|ul|ol|table|pre|h\d|blockquote)\b")
BLOCKS_READY = "() => window.wp && wp.blocks && wp.blocks.getBlockTypes().length > 50"
ZEROS = re.compile(r"&#0+(?=\d+;)")
ATTRIBUTE = re.compile(r'="[^"]*"')
READ_MARKUP = """(markups) => markups.map((markup) => {
  const flat = (blocks) => blocks.flatMap((block) => [
    { name: block.name, valid: block.isValid, html: wp.blocks.serialize(block) },
    ...flat(block.innerBlocks) ]);
  const blocks = wp.blocks.parse(markup);
  return { blocks: flat(blocks), again: wp.blocks.serialize(blocks) };
})"""
SAVE_AS_A_HUMAN = """async () => {
  const paragraph = wp.blocks.createBlock('core/paragraph', { content: 'A human was here.' });
  await wp.data.dispatch('core/block-editor').insertBlocks(paragraph);
  await wp.data.dispatch('core/editor').savePost();
}"""
SHORTCODE = '[caption width="300" caption="It ran"]words[/caption]'
SHORTCODE_PLACES = (
    f"Text {SHORTCODE} text.\n\n## Head {SHORTCODE}\n\n- item {SHORTCODE}\n\n> said {SHORTCODE}\n\n"
    f"| a | b |\n|---|---|\n| {SHORTCODE} | `{SHORTCODE}` |\n\n```\n{SHORTCODE}\n```\n"
)


@pytest.fixture(scope="module", params=["7.1", "6.8", "6.1"])
def site(request: pytest.FixtureRequest) -> Iterator[WordPressSite]:
    with machine_permitting():
        running = WordPressSite.up(request.param)
    with running:
        yield running


@pytest.fixture(scope="module")
def editor(site: WordPressSite, chromium_browser: Browser) -> Iterator[Tab]:
    with tab(chromium_browser, site) as opened:
        opened.login("auth")
        opened.admin("post-new.php")
        opened.page.wait_for_function(BLOCKS_READY)
        yield opened


def markup_of(reply: str, site: WordPressSite) -> str:
    """The reply's blocks in the form for the site's version."""
    return render_blocks(normalize(reply).html, DIALECTS[site.version])


def stored(site: WordPressSite, markups: list[str]) -> list[str]:
    """What the site stores of each post by a user without ``unfiltered_html``."""
    kept: list[str] = []
    for start in range(0, len(markups), BATCH):
        wanted = [
            {"method": "POST", "path": "/wp/v2/posts", "body": {"title": "x", "content": markup}}
            for markup in markups[start : start + BATCH]
        ]
        answer = requests.post(
            f"{site.rest}/batch/v1",
            json={"requests": wanted},
            auth=site.users["auth"].basic,
            timeout=120,
        )
        kept += [part["body"]["content"]["raw"] for part in answer.json()["responses"]]
    return kept


def accepted(markup: str) -> str:
    """The markup without what WordPress itself writes in two ways.

    The filter for users writes ``<br />`` and ``&#091;``, in an attribute ``&lt;`` and ``&apos;``;
    the editor ``<br/>``, ``[`` or ``&#91;``, ``<`` and ``'``.
    """
    markup = ATTRIBUTE.sub(
        lambda found: found[0].replace("&lt;", "<").replace("&apos;", "'"), markup
    )
    return ZEROS.sub("&#", markup.replace(" />", "/>")).replace("&#91;", "[")


def complaints(seen: dict[str, Any]) -> list[str]:
    """What the editor has against a post."""
    blocks = seen["blocks"]
    return [
        *(f"invalid: {block['html']}" for block in blocks if not block["valid"]),
        *(f"{block['name']}: {block['html']}" for block in blocks if block["name"] in REFUSED),
        *(
            f"hollow: {block['html']}"
            for block in blocks
            if BLOCK_IN_PARAGRAPH.search(block["html"])
        ),
    ]


def faults_of(replies: Mapping[str, str], site: WordPressSite, editor: Tab) -> list[str]:
    """What the editor has against the stored posts of some replies; what it or the site changes."""
    sent_all = [markup_of(reply, site) for reply in replies.values()]
    kept_all = stored(site, sent_all)
    seen_all = editor.page.evaluate(READ_MARKUP, kept_all)
    faults: list[str] = []
    for name, sent, kept, seen in zip(replies, sent_all, kept_all, seen_all, strict=True):
        faults += [f"{name}: {words}" for words in complaints(seen)]
        there, again = accepted(kept), accepted(seen["again"])
        faults += [] if there == accepted(sent) else [f"{name} stored:\n{sent}\n---\n{kept}"]
        faults += [] if there == again else [f"{name} changed:\n{there}\n---\n{again}"]
    return faults


def test_the_editor_takes_every_case_as_its_own_and_saves_it_unchanged(
    site: WordPressSite, editor: Tab
) -> None:
    faults = faults_of({case.name: case.reply for case in CASES}, site, editor)
    assert not faults, "\n\n".join(faults[:10])


def test_the_editor_takes_what_is_left_of_every_attack_as_its_own(
    site: WordPressSite, editor: Tab
) -> None:
    wraps = [wrap for name, wrap in WRAPS.items() if name != "alone"]
    turn = list(DIALECTS).index(site.version)
    replies = {
        f"attack {number}": reply
        for number, attack in enumerate(ATTACKS)
        if normalized(reply := wraps[(number + turn) % len(wraps)].replace("{}", attack))
    }
    faults = faults_of(replies, site, editor)
    assert not faults, "\n\n".join(faults[:10])


def test_the_editor_takes_placed_images_as_its_own(site: WordPressSite, editor: Tab) -> None:
    article = normalize("Lead.\n\n## One\n\nText.\n\n## Two\n\n- a\n")
    images = [
        PlacedImage(f"{site.url}/a.png", 'A "cat" & [gallery] &lt;\u00a0&#60;', "Cap & <b>", 7, 0),
        PlacedImage(f"{site.url}/b.png", "", section=1),
    ]
    placed = place_images(article, images, DIALECTS[site.version])
    (kept,) = stored(site, [placed.blocks])
    (seen,) = editor.page.evaluate(READ_MARKUP, [kept])
    assert not complaints(seen)
    assert accepted(seen["again"]) == accepted(kept)


def test_the_editor_finds_fault_with_what_is_wrong(editor: Tab) -> None:
    wrong = [
        "<!-- wp:heading -->\n<h3>x</h3>\n<!-- /wp:heading -->",
        "<!-- wp:paragraph -->\n<p>a</p><p>b</p>\n<!-- /wp:paragraph -->",
        "<p>loose</p>",
    ]
    assert all(complaints(seen) for seen in editor.page.evaluate(READ_MARKUP, wrong))


def test_a_shortcode_stays_words_also_after_a_human_saved_the_post(
    site: WordPressSite, editor: Tab
) -> None:
    raw = "<!-- wp:paragraph -->\n<p>{}</p>\n<!-- /wp:paragraph -->"
    for content, ran in ((raw.format(SHORTCODE), True), (markup_of(SHORTCODE_PLACES, site), False)):
        post = requests.post(
            f"{site.rest}/wp/v2/posts",
            json={"title": "x", "status": "publish", "content": content},
            auth=site.users["auth"].basic,
            timeout=60,
        ).json()
        assert ("wp-caption" in requests.get(post["link"], timeout=60).text) is ran
        editor.edit_post(post["id"])
        editor.page.evaluate(SAVE_AS_A_HUMAN)
        page = requests.get(post["link"], timeout=60).text
        assert "A human was here." in page
        assert ("wp-caption" in page) is ran
        assert not editor.warnings_in_editor()
