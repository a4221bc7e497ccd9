"""The throw-away WordPress is a real one, and a reset brings back what was there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.lab import wordpress_trees
from tests.lab.places import LabError
from tests.lab.wordpress_site import WordPressSite

pytestmark = [pytest.mark.wp, pytest.mark.process]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fc"
    "cf00000302010183d5a4b60000000049454e44ae426082"
)
COMBINATIONS = [("7.1", "sqlite"), ("6.8", "sqlite"), ("6.1", "mariadb")]


@pytest.fixture(scope="module", params=COMBINATIONS, ids="-".join)
def site(request: pytest.FixtureRequest) -> Iterator[WordPressSite]:
    version, db = request.param
    with WordPressSite.up(version, db) as running:
        yield running


def published(site: WordPressSite) -> int:
    count: int = site.wp_eval("return (int) wp_count_posts()->publish;")
    return count


def test_serves_the_version_it_was_asked_for(site: WordPressSite) -> None:
    assert site.wp_eval("return get_bloginfo( 'version' );").startswith(site.version)
    assert "IGNY8 lab" in requests.get(site.url, timeout=10).text


def test_pretty_and_plain_rest_addresses_answer(site: WordPressSite) -> None:
    for address in (f"{site.url}/wp-json/", f"{site.rest}/"):
        assert requests.get(address, timeout=10).json()["name"] == "IGNY8 lab"


def test_application_passwords_write_and_reset_takes_it_back(site: WordPressSite) -> None:
    site.reset()
    before = published(site)
    made = requests.post(
        f"{site.rest}/wp/v2/posts",
        auth=site.users["ed"].basic,
        json={"title": "Gone after the reset", "status": "publish"},
        timeout=10,
    )
    upload = requests.post(
        f"{site.rest}/wp/v2/media",
        auth=site.users["auth"].basic,
        data=PNG,
        headers={
            "Content-Type": "image/png",
            "Content-Disposition": 'attachment; filename="dot.png"',
        },
        timeout=10,
    )
    assert (made.status_code, upload.status_code) == (201, 201)
    assert published(site) == before + 1
    uploads = site.root / "wp-content/uploads"
    assert list(uploads.rglob("dot*.png"))

    site.reset()

    assert published(site) == before
    assert not list(uploads.rglob("dot*.png"))
    assert requests.get(made.json()["link"], timeout=10).status_code == 404


def test_roles_are_what_they_are_called(site: WordPressSite) -> None:
    refused = requests.post(
        f"{site.rest}/wp/v2/posts",
        auth=site.users["contrib"].basic,
        json={"title": "x", "status": "publish"},
        timeout=10,
    )
    assert refused.json()["code"] == "rest_cannot_publish"


def test_php_notices_of_the_site_are_in_its_log(site: WordPressSite) -> None:
    site.reset()
    site.wp_eval("trigger_error( 'noticed by the lab' );")
    assert "noticed by the lab" in site.php_log()
    site.reset()
    assert site.php_log() == ""


def test_down_leaves_neither_files_nor_servers() -> None:
    with WordPressSite.up() as site:
        process = site.server
    assert process is not None
    assert not process.alive
    assert not site.folder.exists()
    with pytest.raises(requests.ConnectionError):
        requests.get(site.url, timeout=2)


def test_a_site_without_permalinks_still_has_its_rest_address() -> None:
    with WordPressSite.up(plain=True, workers=2) as site:
        index = requests.get(f"{site.rest}/", timeout=10).json()
    assert index["name"] == "IGNY8 lab"


def test_a_plugin_folder_without_a_plugin_is_named(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="no single plugin file"):
        WordPressSite.up(plugin=tmp_path)


def test_a_machine_without_apt_is_told_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IGNY8_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["wordpress_trees", "7.1"])
    assert wordpress_trees.main() == 3
    complaint = capsys.readouterr().err
    assert "apt-get" in complaint
    assert complaint.count("\n") == 1
