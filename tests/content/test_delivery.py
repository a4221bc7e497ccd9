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


def test_an_entity_that_is_written_out_cannot_become_its_sign_later() -> None:
    code = "```\n&#91;gallery] &#0; &#x;\n```\n"
    article = normalize(f"Use `&#x5b;gallery]` or `&#091;gallery]`, not `&lt;`.\n\n{code}")
    for words in ("#x5b;gallery]", "#091;gallery]"):
        assert f'<code><span class="is-literal">&amp;</span>{words}</code>' in article.blocks
    assert "<code>&amp;lt;</code>" in article.blocks
    assert (
        '<code><span class="is-literal">&amp;</span>#91;gallery] '
        '<span class="is-literal">&amp;</span>#0; &amp;#x;</code>'
    ) in article.blocks
    assert render_blocks(article.html) == article.blocks


def test_what_looks_like_an_entity_in_an_attribute_stays_words_in_the_editor() -> None:
    image = PlacedImage("https://s.example/a.png?b=&lt;", "&lt; is &#60;, B&B\u00a0[x]")
    placed = place_images(normalize("Text."), [image])
    assert (
        '<img src="https://s.example/a.png?b=%26lt;" '
        'alt="&amp;\u2060lt; is &amp;\u2060#60;, B&amp;B &#91;\u2060x]"/>'
    ) in placed.blocks
    assert place_images(placed, []).blocks == placed.blocks


def test_doubled_entities_are_undone_in_attributes() -> None:
    html = normalize(
        "![AT&amp;amp;T &amp;lt;b&amp;gt;](https://e.com/a.png?w=1&amp;amp;h=2)\n\n"
        '<p>x <a href="https://e.com/?a=1&amp;#038;b=2" title="it&amp;#39;s">y</a> '
        '<a href="javascript&amp;colon;alert(1)">z</a></p>'
    ).html
    assert '<img src="https://e.com/a.png?w=1&amp;h=2" alt="AT&amp;T &lt;b&gt;">' in html
    assert """<a href="https://e.com/?a=1&amp;b=2" title="it's">y</a> z</p>""" in html


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
