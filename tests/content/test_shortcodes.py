"""Shortcodes, blocks and embeds that a model writes stay words on a real site, for every author."""

import re
from collections.abc import Iterator

import pytest
import requests

from igny8_flask.content import normalize
from igny8_flask.errors import ReplyError
from tests.conftest import machine_permitting
from tests.lab.wordpress_site import WordPressSite

pytestmark = [pytest.mark.wp]

CANARY = """<?php
add_action( 'init', function () {
	add_shortcode( 'canary', function () { return 'RAN' . '-CANARY'; } );
	$block = array( 'render_callback' => function () { return 'RAN' . '-CANARY'; } );
	register_block_type( 'lab/canary', $block );
} );
add_filter( 'pre_http_request', function ( $answer, $how, $url ) {
	file_put_contents( WP_CONTENT_DIR . '/asked.txt', $url . "\\n", FILE_APPEND );
	return new WP_Error( 'http_request_failed', 'not in the lab' );
}, 10, 3 );
"""
SHORTCODES = (
    *(
        "[canary]",
        "[canary/]",
        "[canary /]",
        "[canary][/canary]",
        "[canary]x[/canary]",
        "[[canary]",
    ),
    *("[[canary]]", "[[[canary]]]", '[canary a="1"]', "[canary a='1']", "[canary a=1 b]"),
    *(
        "[canary\n]",
        "[ canary]",
        "[canary\t]",
        "[CANARY]",
        "[canary",
        "x[canary]x",
        "[canary][canary]",
    ),
    *(
        "&#91;canary]",
        "&#x5b;canary&#x5d;",
        "&lsqb;canary&rsqb;",
        "&lbrack;canary]",
        "&amp;#91;canary]",
    ),
    *(
        "&amp;lsqb;canary&amp;rsqb;",
        "\\[canary\\]",
        "[<b></b>canary]",
        "[ca<b>na</b>ry]",
        "[\u200bcanary]",
    ),
    *(
        "[<!-- -->canary]",
        "<[canary]>",
        "【canary】",
        "[canary]: https://e.com",
        "![canary][canary]",
    ),
    *("[canary](https://e.com)", "[x](https://e.com/[canary])", '[x](https://e.com "[canary]")'),
    *(
        '<a href="https://e.com/?[canary]" title="[canary]">x</a>',
        "`[canary]`",
        "```\n[canary]\n```",
    ),
    *('<p title="[canary]">x</p>', "<pre>[canary]</pre>", "<td>[canary]</td>", "<h2>[canary]</h2>"),
    *("# [canary]", "- [canary]", "> [canary]", "| [canary] |\n|---|\n| [canary] |"),
    *("[embed]https://www.youtube.com/watch?v=x[/embed]", "[audio src=https://e.com/a.mp3]"),
    *("[caption width=1 caption=x]y[/caption]", "[gallery ids=1]", "[playlist]", "[video src=x]"),
)
BLOCKS = (
    *("<!-- wp:lab/canary /-->", "<!-- wp:lab/canary -->x<!-- /wp:lab/canary -->"),
    *('<!-- wp:lab/canary {"a":1} /-->', "<!--wp:lab/canary /-->", "<!-- wp:lab/canary/-->"),
    *("&lt;!-- wp:lab/canary /--&gt;", "&lt;!-- wp:lab/canary /-->", "`<!-- wp:lab/canary /-->`"),
    *("<p><!-- wp:lab/canary /--></p>", "<!-- wp:shortcode -->[canary]<!-- /wp:shortcode -->"),
    *("<!-- wp:html --><b>x</b><!-- wp:lab/canary /--><!-- /wp:html -->", "<!-- wp:lab/canary {"),
    *('<!-- wp:rss {"feedURL":"https://e.com/feed"} /-->', '<!-- wp:block {"ref":1} /-->'),
    *(
        '<!-- wp:embed {"url":"https://www.youtube.com/watch?v=x"} /-->',
        "<!-<!---->- wp:lab/canary /-->",
    ),
    *("https://www.youtube.com/watch?v=dQw4w9WgXcQ", "<p>https://vimeo.com/76979871</p>"),
    "```\nhttps://soundcloud.com/a/b\nhttps://soundcloud.com/c/d\n```",
    *("<figure>\nhttps://www.youtube.com/watch?v=dQw4w9WgXcQ\n</figure>",),
)
OTHER_PLACES = (
    "https://soundcloud.com/a/b",
    "https://www.flickr.com/photos/a/1/",
    "https://e.com/x",
)
FORMS = (*SHORTCODES, *BLOCKS, *OTHER_PLACES)
# Videos of these two are meant to be shown; only the id of one is the model's.
VIDEO = re.compile(
    r"https://(?:www\.youtube\.com/oembed|vimeo\.com/api/oembed\.json)\?.*url=https%3A%2F%2F"
    r"(?:www\.youtube\.com%2Fwatch%3Fv%3D[\w-]{11}|vimeo\.com%2F\d+)&[\w=&]*"
)
WRAPS = ("{}", "Words before {} and after.", "<p>Before</p>{}<p>after</p>", "Text\n\n{}\n\nText")


@pytest.fixture(scope="module")
def site() -> Iterator[WordPressSite]:
    with machine_permitting():
        running = WordPressSite.up()
    with running:
        (running.root / "wp-content/mu-plugins/canary.php").write_text(CANARY)
        yield running


def shown(site: WordPressSite, author: str, content: str, title: str = "x") -> str:
    """The page of a post that this user published."""
    asked = site.root / "wp-content/asked.txt"
    asked.unlink(missing_ok=True)
    post = {"title": title, "excerpt": title, "status": "publish", "content": content}
    url = f"{site.rest}/wp/v2/posts"
    answer = requests.post(url, json=post, auth=site.users[author].basic, timeout=60)
    page = requests.get(answer.json()["link"], timeout=60).text
    return page + (asked.read_text() if asked.exists() else "")


def fetched(page: str) -> list[str]:
    """The addresses that WordPress asked while it drew the page."""
    return page.rpartition("</html>")[2].split()


def articles(form: str) -> Iterator[str]:
    """What we would send of a reply with such words."""
    for wrap in WRAPS:
        try:
            article = normalize(wrap.format(form))
        except ReplyError:
            continue
        yield article.blocks
        yield article.html


@pytest.mark.parametrize("author", ["admin", "auth"])
def test_nothing_that_wordpress_runs_is_left_in_an_article(
    site: WordPressSite, author: str
) -> None:
    assert len(FORMS) >= 70
    markups = {form: list(articles(form)) for form in FORMS}
    everything = "\n\n".join(markup for found in markups.values() for markup in found)
    page = shown(site, author, everything, title=" ".join(SHORTCODES[:9]))
    guilty = []
    if "RAN-CANARY" in page:
        guilty = [
            form
            for form, found in markups.items()
            if "RAN-CANARY" in shown(site, author, "\n\n".join(found))
        ]
    assert "RAN-CANARY" not in page, guilty
    assert [one for one in fetched(page) if not VIDEO.fullmatch(one)] == []
    assert 'class="wp-caption' not in page
    assert "<iframe" not in page


def test_the_same_words_as_they_come_do_run(site: WordPressSite) -> None:
    page = shown(site, "admin", "\n\n".join(FORMS[:2] + BLOCKS[:2]))
    assert page.count("RAN-CANARY") >= 4
    page = shown(site, "admin", f"<p>x</p>\n\n{OTHER_PLACES[0]}")
    assert [one for one in fetched(page) if "soundcloud.com" in one]
