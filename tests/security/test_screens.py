"""Hostile words on every screen of wp-admin and in the preview: nothing runs, nothing is fetched.

The rows are put straight into the database, as if nothing had cleaned them; so what holds here is
the plugin's own. With WordPress's escaping switched off the same rows do run.
"""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Page, Request
from werkzeug.serving import make_server

from igny8_flask import create_app
from igny8_flask.db import db
from tests.conftest import machine_permitting
from tests.content.test_attacks import ATTACKS
from tests.factories import ConnectedSite, make_settings, make_site, operating
from tests.lab.browser import Tab, tab
from tests.lab.places import PLUGIN
from tests.lab.processes import free_port
from tests.lab.wordpress_site import WordPressSite
from tests.security.conftest import Teller
from tests.security.hostile_rows import article, packed, plant

pytestmark = [pytest.mark.wp, pytest.mark.browser, pytest.mark.timeout(900)]

LISTS = ("keywords", "clusters", "ideas", "tasks", "content", "calendar", "images", "activity")
PER_PAGE = 100
CALLS_OUT = '<iframe src="https://evil.example/frame"></iframe>'
LIVE_LINKS = ".igny8 a[href^='javascript:' i], dialog a[href^='javascript:' i]"
CONNECT = """
Igny8\\Options::set( Igny8\\Options::API_URL, %r );
Igny8\\Options::set( Igny8\\Options::SITE_KEY, %r );
Igny8\\Options::set( Igny8\\Options::STATE, Igny8\\Options::CONNECTED );
update_user_meta( get_user_by( 'login', 'admin' )->ID, 'igny8_per_page', 100 );
"""
IDENTITY = "return Igny8\\Options::site_uuid();"
# What ends an attack that was left open, so that the next one stands alone.
CLOSED = "-->\"'></script></style></textarea></title></select></noscript></template></svg></math>\n"
EXTRA = (
    "[gallery ids=1][igny8_canary]",
    "<!-- wp:igny8/canary /-->",
    "<!-- wp:shortcode -->[igny8_canary]<!-- /wp:shortcode -->",
    "<p>https://www.youtube.com/watch?v=dQw4w9WgXcQ</p>",
    '<p style="background:url(https://evil.example/b.png)">x</p>',
    '<video src="https://evil.example/v.mp4" poster="https://evil.example/v.png"></video>',
    '<audio src="https://evil.example/a.mp3" autoplay></audio>',
    '<picture><source srcset="https://evil.example/s.png"><img src="x"></picture>',
)
CANARY = """
add_shortcode( 'igny8_canary', function () { return 'CANARY' . '-RAN'; } );
add_action( 'init', function () {
	$block = array( 'render_callback' => function () { return 'CANARY' . '-RAN'; } );
	register_block_type( 'igny8/canary', $block );
} );
add_filter( 'pre_http_request', function ( $answer, $how, $url ) {
	if ( false === strpos( $url, '127.0.0.1' ) ) {
		file_put_contents( WP_CONTENT_DIR . '/asked.txt', $url . "\\n", FILE_APPEND );
	}
	return $answer;
}, 10, 3 );
"""
# Walls of the plugin and of WordPress, each with what takes it away.
NO_ESCAPE = """
foreach ( array( 'esc_html', 'attribute_escape', 'esc_textarea' ) as $name ) {
	add_filter( $name, function ( $safe, $text ) { return $text; }, 99, 2 );
}
"""
NO_KSES = """
add_filter( 'wp_kses_allowed_html', function ( $tags ) {
	$tags['img'] = array( 'src' => true, 'onerror' => true );
	$tags['svg'] = array( 'onload' => true );
	$tags['details'] = array( 'open' => true, 'ontoggle' => true );
	$tags['iframe'] = array( 'src' => true );
	return $tags;
}, 99 );
"""
NO_POLICY = """
add_action( 'send_headers', function () { header_remove( 'Content-Security-Policy' ); }, 99 );
"""
SEND = """(all) => {
  const model = document.querySelector('.igny8-preview');
  const { url, nonce, post } = model.dataset;
  return Promise.all(all.texts.map((html, number) => new Promise((done) => {
    const frame = model.cloneNode();
    frame.name = 'preview-' + all.at + '-' + number;
    if (!all.sandboxed) { frame.removeAttribute('sandbox'); }
    document.body.appendChild(frame);
    const form = document.createElement('form');
    Object.assign(form, { method: 'post', action: url, target: frame.name });
    Object.entries({ _wpnonce: nonce, post, title: html, html }).forEach(([name, value]) => {
      const input = document.createElement('textarea');
      Object.assign(input, { name, value });
      form.appendChild(input);
    });
    document.body.appendChild(form);
    frame.addEventListener('load', () => {
      const page = frame.contentDocument;
      if (page && page.body && page.URL !== 'about:blank') {
        done(page.documentElement.outerHTML);
        window.setTimeout(() => { frame.remove(); form.remove(); }, 300);
      }
    });
    form.submit();
  })));
}"""


@dataclass
class Watch:
    """What pages said by themselves and what they asked of other places."""

    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        page.on("dialog", self._hear)
        page.on("request", self._see)

    def _hear(self, dialog: Dialog) -> None:
        if dialog.type == "beforeunload":
            dialog.accept()
        else:
            self.said.append(dialog.message)
            dialog.dismiss()

    def _see(self, request: Request) -> None:
        address = request.url.removeprefix("blob:")
        if not address.startswith(("http://127.0.0.1", "data:", "about:")):
            self.asked.append(address)


@dataclass
class Scene:
    """A WordPress whose plugin shows hostile rows, and a browser tab on it."""

    wp: WordPressSite
    connected: ConnectedSite
    tab: Tab
    watch: Watch
    texts: list[str]
    article_ids: list[str]

    def outcome(self) -> tuple[list[str], list[str]]:
        said, asked = list(self.watch.said), list(self.watch.asked)
        self.watch.said.clear()
        self.watch.asked.clear()
        return said, asked

    @contextmanager
    def without(self, *walls: str) -> Iterator[None]:
        """WordPress with some of its walls taken away."""
        switch = self.wp.root / "wp-content/mu-plugins/without.php"
        switch.write_text("<?php\n" + "".join(walls))
        try:
            yield
        finally:
            switch.unlink()

    def open(self, address: str) -> None:
        self.tab.admin(address)
        self.tab.page.wait_for_load_state("networkidle")
        self.tab.page.mouse.move(300, 300)
        self.tab.page.keyboard.press("Tab")


@pytest.fixture(scope="module")
def scene(
    tmp_path_factory: pytest.TempPathFactory, chromium_browser: Browser, full: bool
) -> Iterator[Scene]:
    folder: Path = tmp_path_factory.mktemp("screens")
    with ExitStack() as cleanup:
        with machine_permitting():
            wp = cleanup.enter_context(WordPressSite.up(plugin=PLUGIN))
        (wp.root / "wp-content/mu-plugins/canary.php").write_text("<?php\n" + CANARY)
        app = create_app(
            make_settings(
                DATABASE_URL=f"sqlite:///{folder}/screens.db", IGNY8_ALLOW_PRIVATE=wp.host_port
            )
        )
        cleanup.enter_context(operating(app))
        db.create_all()
        made = make_site(url=wp.url, rest_url=f"{wp.url}/wp-json/", site_uuid=wp.wp_eval(IDENTITY))
        texts = [*ATTACKS, *EXTRA] if full else packed([*ATTACKS, *EXTRA])
        plant(made.site, texts)
        size = 15 if full else 80
        attacks = [*ATTACKS, *EXTRA]
        groups = [CLOSED.join(attacks[at : at + size]) for at in range(0, len(attacks), size)]
        ids = [str(article(made.site, text[:300], text).id) for text in groups]
        db.session.commit()
        db.session.remove()
        server = make_server("127.0.0.1", free_port(), app, threaded=True)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        cleanup.callback(server.server_close)
        cleanup.callback(server.shutdown)
        wp.wp_eval(CONNECT % (f"http://127.0.0.1:{server.port}", made.key))
        opened = cleanup.enter_context(tab(chromium_browser, wp))
        opened.login()
        watch = Watch()
        watch.over(opened.page)
        yield Scene(wp, made, opened, watch, texts, ids)
        db.session.remove()
        db.engine.dispose()


def screens(scene: Scene) -> Iterator[str]:
    """Addresses of all screens, every page of each list, and of the review of each article."""
    yield from ("index.php", "edit.php", "admin.php?page=igny8")
    pages = range(1, len(scene.texts) // PER_PAGE + 2)
    yield from (f"admin.php?page=igny8-{name}&paged={page}" for name in LISTS for page in pages)
    yield from (f"admin.php?page=igny8-content&content={one}" for one in scene.article_ids)


def test_nothing_runs_on_any_screen(scene: Scene, tell: Teller) -> None:
    seen = 0
    for address in screens(scene):
        scene.open(address)
        unfold(scene.tab.page)
        assert scene.outcome() == ([], []), address
        seen += 1
    assert scene.wp.php_log() == ""
    told = f"0 of {len(ATTACKS) + len(EXTRA)} on {seen} screens"
    tell("T14 attacks run in wp-admin", told)


def test_without_escaping_the_same_rows_run(scene: Scene, tell: Teller) -> None:
    with scene.without(NO_ESCAPE):
        for name in ("keywords", "ideas", "activity"):
            scene.open(f"admin.php?page=igny8-{name}")
    said, _ = scene.outcome()
    assert len(said) >= 3
    tell("T14 control: run in wp-admin without escaping", len(said))


def unfold(page: Page) -> None:
    """Open what is folded, and the details of some rows, as a curious person does."""
    assert page.locator(LIVE_LINKS).count() == 0
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    for button in page.locator("[data-igny8-act=follow]").all()[:3]:
        button.click()
        page.locator("dialog[open]").wait_for()
        page.wait_for_load_state("networkidle")
        assert page.locator(LIVE_LINKS).count() == 0
        page.keyboard.press("Escape")
    page.wait_for_load_state("networkidle")


def previewed(scene: Scene, texts: list[str], sandboxed: bool = True) -> list[str]:
    """The texts drawn by the theme, each in a frame of its own as the review page makes it."""
    scene.open(f"admin.php?page=igny8-content&content={scene.article_ids[0]}")
    pages: list[str] = []
    for at in range(0, len(texts), 6):
        part = {"texts": texts[at : at + 6], "at": at, "sandboxed": sandboxed}
        pages += scene.tab.page.evaluate(SEND, part)
    scene.tab.page.wait_for_timeout(300)
    return pages


@pytest.fixture
def previews(full: bool) -> list[str]:
    """Each attack alone, or many together."""
    attacks = [*ATTACKS, *EXTRA]
    return (
        attacks
        if full
        else [CLOSED.join(attacks[at : at + 30]) for at in range(0, len(attacks), 30)]
    )


def test_nothing_runs_in_the_preview(scene: Scene, previews: list[str], tell: Teller) -> None:
    asked = scene.wp.root / "wp-content/asked.txt"
    asked.unlink(missing_ok=True)
    pages = previewed(scene, previews)
    assert scene.outcome() == ([], [])
    assert not [page for page in pages if "CANARY-RAN" in page]
    assert not asked.exists(), asked.read_text()
    tell("T14 T15 T16 attacks run in the preview, beacons", f"0 of {len(ATTACKS) + len(EXTRA)}")


@pytest.mark.parametrize("off", ["kses", "policy", "sandbox"])
def test_any_two_walls_of_the_preview_hold(
    scene: Scene, previews: list[str], off: str, full: bool
) -> None:
    if not full:
        pytest.skip("only in the long run (make security)")
    walls = {"kses": [NO_KSES], "policy": [NO_POLICY]}.get(off, [])
    with scene.without(*walls):
        previewed(scene, previews[:60], sandboxed=off != "sandbox")
    assert scene.outcome()[0] == []


def test_without_all_walls_the_preview_runs_them(scene: Scene, tell: Teller) -> None:
    with scene.without(NO_KSES, NO_POLICY):
        previewed(scene, [CLOSED.join([*ATTACKS[:60], CALLS_OUT])], sandboxed=False)
    said, asked = scene.outcome()
    assert said
    assert asked
    tell("T14 control: run in the preview without walls", len(said))
