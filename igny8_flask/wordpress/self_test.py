"""The self-test of a connection: six checks, each naming its cause and its cure in words."""

import time
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from igny8_flask.clocks import in_words, is_off
from igny8_flask.errors import WordPressError
from igny8_flask.site_urls import is_same_home
from igny8_flask.wordpress.client import WordPressClient

TOTAL_S = 14.0
_ABILITIES = (
    "plugin",
    "wp",
    "php",
    "editor",
    "blocks",
    "seo",
    "upload_max_bytes",
    "timezone",
    "permalinks",
    "image_types",
)
TEST_CONTENT_ID = uuid.UUID("00000000-0000-4000-8000-5e1f7e575e1f")  # the plugin knows it too
_TEST_POST = {
    "title": "Connection test (may be deleted)",
    "content": "<p>This draft was written to test the connection and removed again.</p>",
    "format": "html",
    "status": "draft",
    "categories": [],
    "tags": [],
    "create_terms": False,
    "featured": None,
    "seo": None,
    "provenance": {},
    "force": True,  # also over a draft that an earlier test left behind
}


@dataclass(frozen=True)
class Check:
    """One line of the self-test: what was tried, how it went, what to do about it.

    ``blocks`` tells what keeps articles from the site from what is only worth knowing.
    """

    name: str
    ok: bool
    message: str
    fix: str = ""
    blocks: bool = True

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape."""
        return asdict(self)


def run_self_test(
    client: WordPressClient, site_uuid: str, home_url: str
) -> tuple[dict[str, Any], list[Check]]:
    """Ask the site who we are there and write a draft; stops at the first check that fails.

    Returns what the site told of its abilities (empty when it did not answer) and the checks.
    """
    deadline = time.monotonic() + TOTAL_S
    abilities, checks = ask_site(client, site_uuid, home_url)
    if checks[-1].ok:
        checks.append(_write(client, deadline))
    if checks[-1].ok:
        checks.append(_clock(client, deadline))
    return abilities, checks


def ask_site(
    client: WordPressClient, site_uuid: str, home_url: str
) -> tuple[dict[str, Any], list[Check]]:
    """The part of the self-test that writes nothing: one question tells all causes apart."""
    try:
        site = client.within(TOTAL_S / 2).whoami()
    except WordPressError as error:
        return {}, [_unanswered(error)]
    checks = [_rest(site, site_uuid, home_url)]
    for check in (_plugin, _auth, _role):
        if checks[-1].ok:
            checks.append(check(client, site))
    return {name: site[name] for name in _ABILITIES if name in site}, checks


def _unanswered(error: WordPressError) -> Check:
    if error.code in ("wp_auth", "wp_forbidden"):
        return Check("auth", False, error.message, "Press Connect again on the settings page.")
    if error.code == "wp_rest_blocked" and error.details.get("wp_code") == "rest_no_route":
        return Check("plugin", False, error.message, "Activate the IGNY8 plugin on the site.")
    fixes = {
        "wp_rest_blocked": "Allow the REST API in your security plugin, at least for igny8/v1.",
        "wp_blocked": "Add a rule to the firewall that lets /wp-json/igny8/ pass.",
        "wp_moved": "Connect the site again under its present address.",
        "wp_maintenance": "Test again when the maintenance is over.",
        "wp_unreachable": "Articles are fetched by the plugin instead; nothing else to do if "
        "the site is meant to be private.",
    }
    return Check("rest", False, error.message, fixes.get(error.code, "See the site's error log."))


def _rest(site: Mapping[str, Any], site_uuid: str, home_url: str) -> Check:
    told_home = str(site.get("home_url", ""))
    if str(site.get("site_uuid", "")).lower() != site_uuid or not is_same_home(told_home, home_url):
        return Check(
            "rest",
            False,
            f"Another site answers at this address: {told_home or 'it does not say which'}.",
            "If the site has moved, connect it again under its new address.",
        )
    return Check("rest", True, "The site's REST API answers.")


def _plugin(_client: WordPressClient, site: Mapping[str, Any]) -> Check:
    version = str(site.get("plugin", ""))
    if not version:
        return Check(
            "plugin", False, "The plugin does not answer.", "Activate the IGNY8 plugin on the site."
        )
    return Check("plugin", True, f"Plugin {version} answers.")


def _auth(client: WordPressClient, site: Mapping[str, Any]) -> Check:
    if site.get("user"):
        return Check("auth", True, f"Logged in as {site.get('login', 'the publishing user')}.")
    if site.get("auth_header") is False:
        return Check(
            "auth",
            False,
            "The web server removes the Authorization header before it reaches WordPress.",
            "Add to .htaccess: RewriteRule .* - [E=HTTP_AUTHORIZATION:%{HTTP:Authorization}]",
        )
    if site.get("app_passwords") is False:
        if client.is_plain_http:
            return Check(
                "auth",
                False,
                "Application passwords are off because the site uses plain http.",
                "Switch the site to https, or set WP_ENVIRONMENT_TYPE to local on a test site.",
            )
        return Check(
            "auth",
            False,
            "Application passwords are switched off on this site.",
            "Allow them in your security plugin (in Wordfence: Login Security settings).",
        )
    return Check(
        "auth",
        False,
        "The application password of the publishing user is wrong or was revoked.",
        "Press Connect again on the plugin's settings page.",
    )


def _role(_client: WordPressClient, site: Mapping[str, Any]) -> Check:
    if site.get("unfiltered_html"):
        return Check(
            "role",
            False,
            "The publishing user may post unfiltered HTML, which is more than it should.",
            "Press Connect again, so that the plugin makes its own limited user.",
        )
    return Check("role", True, "The publishing user has a limited role.")


def _write(client: WordPressClient, deadline: float) -> Check:
    try:
        client.within(_left(deadline)).put_content(TEST_CONTENT_ID, _TEST_POST)
        client.within(_left(deadline)).delete_draft(TEST_CONTENT_ID)
    except WordPressError as error:
        return Check(
            "write",
            False,
            f"A test draft could not be written and removed: {error.message}",
            "Check the publishing user's role, then test again.",
        )
    return Check("write", True, "A test draft was written and removed.")


def _clock(client: WordPressClient, deadline: float) -> Check:
    try:
        skew = client.within(_left(deadline)).clock_skew_s()
    except WordPressError as error:
        return Check("clock", True, f"The site's clock could not be read: {error.message}")
    if skew is None:
        return Check("clock", True, "The site does not tell the time of its answers.")
    if not is_off(skew):
        return Check("clock", True, "The site's clock agrees with ours.")
    early = "too early" if skew > 0 else "too late"
    return Check(
        "clock",
        False,
        f"The site's clock is {in_words(skew, 'ours')}: "
        f"posts planned for a time go public that much {early}.",
        "Ask the site's host to set the server's clock by NTP. Where every site shows this, "
        "the clock of the IGNY8 service is wrong.",
        blocks=False,
    )


def _left(deadline: float) -> float:
    return max(deadline - time.monotonic(), 0.5)
