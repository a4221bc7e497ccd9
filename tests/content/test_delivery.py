"""What delivery asks of a clean article: pictures in their places, forms for older sites."""

import subprocess
import sys

from igny8_flask.content import Dialect, PlacedImage, normalize, place_images, render_blocks

ARTICLE = "Lead.\n\n## One\n\nFirst.\n\nSecond.\n\n## Two\n\n- a\n- b\n\n## Three\n\nEnd."


def test_an_image_follows_the_first_paragraph_of_its_section() -> None:
    image = PlacedImage("https://site.example/a.png", 'A "cat"', "Cap & <b>", 7, 0)
    placed = place_images(normalize(ARTICLE), [image])
    assert (
        '<!-- wp:image {"id":7,"sizeSlug":"large","linkDestination":"none"} -->\n'
        '<figure class="wp-block-image size-large"><img src="https://site.example/a.png" '
        'alt="A &quot;cat&quot;" class="wp-image-7"/><figcaption class="wp-element-caption">'
        "Cap &amp; &lt;b&gt;</figcaption></figure>\n<!-- /wp:image -->"
    ) in placed.blocks
    assert (
        placed.html.index("First.") < placed.html.index("<figure>") < placed.html.index("Second.")
    )


def test_a_section_without_a_paragraph_gets_its_image_before_the_next_heading() -> None:
    placed = place_images(
        normalize(ARTICLE), [PlacedImage("https://s.example/b.png", "b", section=1)]
    )
    assert placed.html.index("<li>b</li>") < placed.html.index("<img") < placed.html.index("Three")


def test_an_image_without_a_section_stands_after_the_lead() -> None:
    placed = place_images(normalize(ARTICLE), [PlacedImage("https://s.example/c.png", "c")])
    assert placed.html.index("Lead.") < placed.html.index("<img") < placed.html.index("One")


def test_sections_point_at_their_heading_blocks_also_after_images_came_in() -> None:
    content = normalize(ARTICLE)
    assert [section.block_index for section in content.sections] == [1, 4, 6]
    placed = place_images(content, [PlacedImage("https://s.example/d.png", "d", section=0)])
    assert [section.block_index for section in placed.sections] == [1, 5, 7]


def test_older_sites_get_bold_questions_instead_of_details_blocks() -> None:
    content = normalize("<details><summary>Why?</summary><p>So.</p></details>")
    old = render_blocks(content.html, Dialect.BEFORE_6_3)
    assert "wp:details" not in old
    assert "<p><strong>Why?</strong></p>" in old
    assert "<p>So.</p>" in old


def test_a_bracket_that_is_written_out_cannot_become_a_shortcode_later() -> None:
    reply = (
        "Use `&#x5b;gallery]` or `&#091;gallery]`.\n\n"
        "![&amp;#x5B;gallery]](https://e.com/a.png)\n\n```\n&#91;gallery]\n```\n"
    )
    blocks = normalize(reply).blocks
    assert "&amp;#" not in blocks
    assert blocks.count('<code><span class="is-literal">&#91;</span>gallery]</code>') == 2
    assert "<code>&#91;gallery]</code>" in blocks
    assert "`&#" not in blocks
    assert "&amp;#60;" in normalize("Use `&#60;` here.").blocks, "other entities stay words"


def test_blocks_made_from_the_html_are_the_articles_blocks() -> None:
    content = normalize(ARTICLE)
    assert render_blocks(content.html) == content.blocks


def test_the_package_needs_neither_database_nor_network() -> None:
    code = (
        "import sys, igny8_flask.content as c; "
        "print(sorted({'sqlalchemy', 'rq', 'requests', 'redis'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
