"""Links from an article's own words to other posts of the site."""

import time
from typing import Any

import pytest
from bs4 import BeautifulSoup

from igny8_flask.content import LinkTarget, link_posts, normalize, render_blocks


def target(number: int, title: str = "", **more: Any) -> LinkTarget:
    return LinkTarget(
        number, f"https://site.example.com/{number}/", title or f"Nr {number}", **more
    )


def linked(html: str, *targets: LinkTarget, limit: int = 3) -> list[tuple[str, int]]:
    """Words and post of each link that was put in; nothing else may change."""
    article = normalize(html)
    questions = [pair.question for pair in article.faq]
    after, placed = link_posts(article.html, targets, limit, questions)
    soup = BeautifulSoup(after, "html.parser")
    before = BeautifulSoup(article.html, "html.parser")
    assert soup.get_text() == before.get_text()
    assert len(soup.find_all("a")) == len(before.find_all("a")) + len(placed)
    return [(link.phrase, link.post_id) for link in placed]


def test_words_of_a_title_lead_to_its_post() -> None:
    html = "<p>First <strong>soil preparation</strong> matters.</p>"
    after, (link,) = link_posts(html, [target(7, "Soil Preparation")], 3)
    assert after == (
        '<p>First <strong><a href="https://site.example.com/7/">soil preparation</a></strong>'
        " matters.</p>"
    )
    assert (link.post_id, link.phrase, link.title) == (7, "soil preparation", "Soil Preparation")
    assert '<a href="https://site.example.com/7/">soil preparation</a>' in render_blocks(after)


@pytest.mark.parametrize(
    "html",
    [
        "<h2>Soil preparation</h2><p>Start.</p>",
        '<p>See <a href="https://x.example/">soil preparation</a>.</p>',
        "<p>Run <code>soil preparation</code>.</p>",
        "<pre><code>soil preparation</code></pre>",
        '<figure><img src="https://x.example/a.png" alt="a"><figcaption>Soil preparation'
        "</figcaption></figure>",
        "<details><summary>Soil preparation?</summary><p>Soil preparation.</p></details>",
        "<h2>FAQ</h2><p><strong>Is soil preparation hard?</strong> No.</p>",
        "<ul><li>soil preparation</li></ul>",
        "<table><tr><th>A</th><th>B</th></tr><tr><td>soil preparation</td><td>b</td></tr></table>",
        "<blockquote><p>soil preparation</p></blockquote>",
    ],
)
def test_only_plain_paragraphs_get_links(html: str) -> None:
    assert linked(html, target(7, "Soil preparation")) == []


@pytest.mark.parametrize(
    ("title", "text", "found"),
    [
        ("Apple trees", "Old APPLE\nTrees bear.", "APPLE Trees"),
        ("Straße bauen", "Wer eine STRASSE BAUEN will", "STRASSE BAUEN"),
        ("Crème brûlée", "Cre\u0300me bru\u0302le\u0301e", "Cre\u0300me bru\u0302le\u0301e"),
        ("苹果树修剪", "今天学习苹果树修剪的方法", "苹果树修剪"),
        ("हिन्दी व्याकरण", "यह हिन्दी व्याकरण है", "हिन्दी व्याकरण"),
        ("می‌خواهم باغ", "من می‌خواهم باغ بسازم", "می‌خواهم باغ"),
        ("Soil care: the basics", "Good soil care pays", "soil care"),
        ("Salt & pepper", "With salt & pepper on it", "salt & pepper"),
    ],
)
def test_words_match_as_readers_see_them(title: str, text: str, found: str) -> None:
    html = f"<p>{text.replace('&', '&amp;')}</p>"
    after, placed = link_posts(html, [target(1, title)], 3)
    words = [" ".join(link.phrase.split()) for link in placed]
    assert words == [found], after


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Apple tree", "An apple treetop, a pineapple tree, apple. Tree"),
        ("Soil test", "soil, test; soil <em>x</em> test"),
        ("Soil test", "my-soil test soil test-kit"),
        ("Example com", "see www.example.com/x"),
        ("हिन्द दी", "हिन्दी"),
        ("Soil", "soil"),
        ("2026", "in 2026"),
        ("修剪", "今天修剪"),
    ],
)
def test_parts_of_words_and_single_words_of_titles_are_left_alone(title: str, text: str) -> None:
    assert link_posts(f"<p>{text}</p>", [target(1, title)], 3)[1] == []


def test_a_keyword_may_be_one_word_and_goes_before_a_heading() -> None:
    html = "<p>Compost is gold.</p>"
    assert linked(html, target(1, keywords=("compost",))) == [("Compost", 1)]
    assert linked(html, target(1, headings=("Compost",))) == []


def test_nearer_posts_come_first_and_the_longest_words_of_a_post() -> None:
    html = "<p>About raised garden beds.</p><p>And garden beds.</p>"
    far = target(1, "Garden beds", rank=4)
    near = target(2, "Garden beds", rank=1)
    assert linked(html, far, near, limit=1) == [("garden beds", 2)]
    both = target(3, "Garden beds: raised garden beds")
    assert linked(html, both) == [("raised garden beds", 3)]


def test_one_a_paragraph_one_a_post_and_no_more_than_asked_for() -> None:
    html = "<p>Red roses and blue violets.</p><p>Red roses. Blue violets. White lilies.</p>"
    posts = [target(1, "Red roses"), target(2, "Blue violets"), target(3, "White lilies")]
    assert linked(html, *posts) == [("Red roses", 1), ("Blue violets", 2)]
    assert linked(html, *posts, limit=1) == [("Red roses", 1)]
    assert linked(html, *posts, limit=0) == []


def test_a_post_that_the_author_links_to_is_not_linked_again() -> None:
    html = '<p>See <a href="http://site.example.com/1#x">this</a>.</p><p>Red roses.</p>'
    assert linked(html, target(1, "Red roses")) == []


def test_a_heading_that_many_posts_have_leads_nowhere() -> None:
    html = "<p>In short: final thoughts.</p>"
    headings = ("Final thoughts",)
    assert linked(html, target(1, headings=headings)) == [("final thoughts", 1)]
    assert linked(html, target(1, headings=headings), target(2, headings=headings)) == []


def test_what_the_article_is_about_itself_leads_nowhere_else() -> None:
    html = "<p>Red roses and white lilies.</p>"
    posts = [target(1, "Red roses"), target(2, "White lilies")]
    (link,) = link_posts(html, posts, 3, topics=["Red Roses"])[1]
    assert link.post_id == 2


def test_words_on_both_sides_of_a_tag_are_words_of_their_own() -> None:
    assert linked("<p>One<br>red roses<br>two</p>", target(1, "Red roses")) == [("red roses", 1)]


def test_an_address_cannot_break_out_of_its_attribute() -> None:
    evil = LinkTarget(1, 'https://s.example/"><script>x', "Red roses")
    after, _ = link_posts("<p>Red roses.</p>", [evil], 1)
    assert "<script" not in after
    assert BeautifulSoup(after, "html.parser").a["href"] == evil.url  # type: ignore[index]


def test_brackets_and_shortcodes_of_the_article_stay_as_they_were() -> None:
    article = normalize("<p>Use [gallery] and red roses &lt;b&gt;.</p>").html
    after, placed = link_posts(article, [target(1, "Red roses")], 1)
    assert len(placed) == 1
    assert after.replace('<a href="https://site.example.com/1/">red roses</a>', "red roses") == (
        article
    )


def test_time_grows_with_the_article_not_with_the_site() -> None:
    """20,000 posts and half a megabyte of text: seconds, where pairwise search takes minutes."""
    posts = [
        target(n, f"Post about topic number {n}", headings=(f"Part {n} of it", "Summary of all"))
        for n in range(20_000)
    ]
    html = "".join(f"<p>{'garden beds and soil ' * 20} topic {n}</p>" for n in range(1_200))
    started = time.process_time()
    link_posts(html, posts, 10)
    assert time.process_time() - started < 20
