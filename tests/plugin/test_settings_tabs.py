"""Each section of the settings keeps what a person enters, and no page holds a secret."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.outcome import paid_calls
from tests.lab.browser import Tab
from tests.lab.screenshots import SECTIONS
from tests.lab.site_api import SiteApi
from tests.lab.stack import Stack
from tests.lab.wordpress_site import WordPressSite
from tests.lab.wp_admin import AdminSession

pytestmark = [pytest.mark.wp, pytest.mark.browser, pytest.mark.process]
SETTINGS = "admin.php?page=igny8-settings&section="
# Section → field → what a person enters. Every kind of field is among them.
ENTERED: dict[str, dict[str, str | bool]] = {
    "models": {
        "openai.model": "gpt-6-luna",
        "openai.functions.generate_content.model": "gpt-6-sol",
    },
    "brand": {
        "brand.language": "Deutsch",
        "brand.audience": "Eltern & <Kinder>, “neugierig”",
    },
    "images": {
        "image_generation.featured": False,
        "image_generation.in_article_images": "2",
        "image_generation.quality": "high",
        "image_generation.model": "gpt-image-2",
    },
    "publishing": {
        "publishing.auto": False,
        "publishing.status": "pending",
        "publishing.slots": "08:15, 17:30",
        "publishing.weekdays": "mon, fri",
        "publishing.daily_max": "4",
        "publishing.internal_links": "7",
    },
    "budgets": {"budget.run_usd": "0.5", "budget.day_usd": "12.34"},
}
KEPT: dict[str, dict[str, object]] = {
    "openai": {
        "model": "gpt-6-luna",
        "functions": {"generate_content": {"model": "gpt-6-sol"}},
    },
    "publishing": {
        "slots": ["08:15", "17:30"],
        "weekdays": ["mon", "fri"],
        "daily_max": 4,
        "internal_links": 7,
        "auto": False,
    },
    "image_generation": {"in_article_images": 2, "featured": False},
    "budget": {"run_usd": 0.5, "day_usd": 12.34, "month_usd": None},
}
SECRETS = """
return array_values( array_filter( array_map( 'get_option', Igny8\\Options::SECRETS ) ) );
"""
MAY = "return get_role( '%s' )->has_cap( '%s' );"
WORDS = "Write in rhymes.\n\n{title}"


def field(page: Page, name: str) -> Locator:
    return page.locator(f"[name='{name}']")


def enter(place: Locator, value: str | bool) -> None:
    if isinstance(value, bool):
        place.set_checked(value)
    elif place.evaluate("one => one.tagName") == "SELECT":
        place.select_option(value)
    else:
        place.fill(value)


def entered(place: Locator) -> str | bool:
    read: str | bool = place.evaluate("one => 'checkbox' === one.type ? one.checked : one.value")
    return read


def save(page: Page, words: str = "Saved.") -> None:
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator(".igny8-buttons [role=status]")).to_have_text(words)


def test_every_section_keeps_what_was_entered(
    admin_tab: Tab, stack: Stack, connected_site: WordPressSite
) -> None:
    page = admin_tab.page
    for section, fields in ENTERED.items():
        admin_tab.admin(SETTINGS + section)
        assert {name: entered(field(page, name)) for name in fields} != fields
        for name, value in fields.items():
            enter(field(page, name), value)
        save(page)
        page.reload()
        assert {name: entered(field(page, name)) for name in fields} == fields
        save(page, "Nothing was changed.")
    settings = SiteApi(stack.api_url, connected_site).call("GET", "/v1/system/settings/")
    for area, values in KEPT.items():
        assert {name: settings["settings"][area][name] for name in values} == values

    field(page, "budget.day_usd").fill("")
    save(page)
    page.reload()
    assert entered(field(page, "budget.day_usd")) == ""
    assert admin_tab.complaints == []


def test_a_wrong_value_is_told_beside_its_field_and_keeps_nothing(admin_tab: Tab) -> None:
    page = admin_tab.page
    admin_tab.admin(f"{SETTINGS}publishing")
    field(page, "publishing.slots").fill("25:99")
    field(page, "publishing.daily_max").fill("3")
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator("[data-problem='publishing.slots']")).not_to_be_empty()
    expect(page.locator("[data-problem='publishing.daily_max']")).to_be_empty()
    page.reload()
    assert entered(field(page, "publishing.daily_max")) == "0"
    expected = [one for one in admin_tab.complaints if not one.startswith("422 ")]
    assert expected == []


def test_a_prompt_is_tried_kept_brought_back_and_given_up(admin_tab: Tab, stack: Stack) -> None:
    page = admin_tab.page
    admin_tab.admin(f"{SETTINGS}prompts")
    with page.expect_navigation():
        page.get_by_role("link", name="Generate content").click()
    template = page.get_by_label("Template")
    standard = template.input_value()
    template.fill("Say {nothing_of_the_kind} about it.")
    page.get_by_role("button", name="Try without paying").click()
    told = page.locator("#igny8-prompt .igny8-form-answer")
    expect(told).to_contain_text("nothing_of_the_kind")

    template.fill(WORDS)
    page.get_by_role("button", name="Try without paying").click()
    expect(page.locator(".igny8-trial pre")).to_contain_text("Write in rhymes.")
    expect(page.locator(".igny8-trial [role=status]")).to_contain_text("Nothing was sent.")
    page.get_by_role("button", name="Save as new version").click()
    expect(page.get_by_text("Version 1")).to_be_visible()
    expect(template).to_have_value(WORDS)
    template.fill(f"{WORDS}\nIn French.")
    page.get_by_role("button", name="Save as new version").click()
    expect(page.get_by_text("Version 2")).to_be_visible()
    page.get_by_role("button", name="Use again").click()
    expect(template).to_have_value(WORDS)
    page.get_by_role("button", name="Use the template of the service").click()
    expect(template).to_have_value(standard)
    assert paid_calls(stack) == {}
    assert [one for one in admin_tab.complaints if not one.startswith("422 ")] == []


def test_rights_are_given_by_role(admin_tab: Tab, connected_site: WordPressSite) -> None:
    page = admin_tab.page
    admin_tab.admin(f"{SETTINGS}roles")
    box = page.get_by_label("Author: Generate: start what costs money")
    assert not box.is_checked()
    assert page.get_by_label("Administrator: Review and publish").is_disabled()
    box.check()
    page.get_by_label("Editor: Review and publish").uncheck()
    save(page)
    page.reload()
    assert box.is_checked()
    assert connected_site.wp_eval(MAY % ("author", "igny8_generate")) is True
    assert connected_site.wp_eval(MAY % ("author", "igny8_publish")) is False
    assert connected_site.wp_eval(MAY % ("editor", "igny8_publish")) is False
    assert connected_site.wp_eval(MAY % ("administrator", "igny8_publish")) is True
    assert admin_tab.complaints == []


def test_no_secret_comes_into_a_page(
    admin_tab: Tab, admin: AdminSession, connected_site: WordPressSite
) -> None:
    secrets = connected_site.wp_eval(SECRETS)
    assert any(secret.startswith("igk_") for secret in secrets)
    seen = [admin.raw("GET", "connection", test="1").text]
    for section in ("connection", *SECTIONS):
        admin_tab.admin(SETTINGS + section)
        seen.append(admin_tab.page.content())
    assert [secret for secret in secrets for text in seen if secret in text] == []
    assert admin_tab.complaints == []
