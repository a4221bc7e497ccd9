"""However often it is asked for, the same work is done once, paid once, posted once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from playwright.sync_api import expect

from tests.e2e.outcome import paid_calls, pictures, posts
from tests.lab.admin_screens import AdminScreens
from tests.lab.browser import Tab
from tests.lab.site_api import SiteApi
from tests.lab.stack import Stack
from tests.lab.wordpress_site import WordPressSite
from tests.lab.wp_admin import AdminSession, press

pytestmark = [pytest.mark.wp, pytest.mark.process]
OPTIONS = {"images": True, "publish": True}
TIMES = 8
SERVICE_PASSWORD = """
list( $secret ) = WP_Application_Passwords::create_new_application_password(
	(int) get_option( 'igny8_service_user' ), array( 'name' => 'eight at once' )
);
return array( get_userdata( (int) get_option( 'igny8_service_user' ) )->user_login, $secret );
"""


@pytest.mark.browser
def test_a_double_click_starts_one_run(
    admin_tab: Tab, admin: AdminSession, stack: Stack, connected_site: WordPressSite
) -> None:
    stack.sandbox_provider.pace("1.0")
    admin.create_task("Pressed twice")
    screens = AdminScreens(admin_tab)
    screens.open_tasks()
    answers = []
    admin_tab.page.on(
        "response",
        lambda response: (
            answers.append(response)
            if response.request.method == "POST" and "/igny8/v1/runs" in response.url
            else None
        ),
    )
    screens.button("Pressed twice").dblclick()
    expect(screens.dialog.get_by_role("link", name="View post")).to_be_visible(timeout=60_000)
    runs = {answer.json()["task_id"] for answer in answers}
    assert len(runs) == 1
    assert len(posts(connected_site)) == 1
    assert set(paid_calls(stack).values()) == {1}


def test_eight_presses_at_once_start_one_run(
    admin: AdminSession, stack: Stack, connected_site: WordPressSite
) -> None:
    stack.sandbox_provider.pace("1.0")
    task = admin.create_task("Pressed eight times")
    bodies = [press(task, **OPTIONS) for _ in range(TIMES)]
    with ThreadPoolExecutor(TIMES) as pool:
        answers = list(pool.map(lambda body: admin.call("POST", "runs", body), bodies))
    runs = {answer["task_id"] for answer in answers}
    assert len(runs) == 1
    assert admin.outcome(runs.pop())["state"] == "SUCCESS"
    assert len(posts(connected_site)) == 1
    assert pictures(connected_site) == 1
    assert set(paid_calls(stack).values()) == {1}


def test_the_same_idempotency_key_starts_one_run_even_after_it_ended(
    admin: AdminSession, stack: Stack, connected_site: WordPressSite
) -> None:
    task = admin.create_task("Pressed again with the same key")
    body = press(task, **OPTIONS)
    first = admin.call("POST", "runs", body)["task_id"]
    assert admin.outcome(first)["state"] == "SUCCESS"
    assert admin.call("POST", "runs", body)["task_id"] == first
    assert len(posts(connected_site)) == 1
    assert set(paid_calls(stack).values()) == {1}


def test_publishing_eight_times_at_once_leaves_one_post_and_pays_nothing(
    admin: AdminSession, stack: Stack, connected_site: WordPressSite
) -> None:
    task = admin.create_task("Published eight times")
    admin.outcome(admin.generate(task, images=True, publish=False))
    content = admin.call("GET", "contents", search="Published eight times")["results"][0]["id"]
    paid = paid_calls(stack)
    api = SiteApi(stack.api_url, connected_site)

    def publish(_: int) -> requests.Response:
        return api.raw("POST", "/v1/publisher/publish/", {"ids": [content]})

    with ThreadPoolExecutor(TIMES) as pool:
        answers = list(pool.map(publish, range(TIMES)))
    assert {answer.status_code for answer in answers} == {202}
    for address in {answer.json()["status_url"] for answer in answers}:
        ident = address.rstrip("/").split("/")[-2]
        assert admin.delivered(ident)["state"] == "SUCCESS"
    assert [post["uuid"] for post in posts(connected_site)] == [content]
    assert paid_calls(stack) == paid


def test_eight_pushes_to_wordpress_at_once_make_one_post(
    stack: Stack, connected_site: WordPressSite
) -> None:
    credentials = tuple(connected_site.wp_eval(SERVICE_PASSWORD))
    uuid = "0d9f6a52-7a8e-4a51-9c5e-3a0f5f0e8b11"
    body = {
        "title": "Pushed eight times",
        "content": "<!-- wp:paragraph -->\n<p>Once.</p>\n<!-- /wp:paragraph -->",
        "format": "blocks",
        "status": "draft",
        "categories": [],
        "tags": [],
        "create_terms": False,
        "featured": None,
        "seo": None,
        "provenance": {},
    }

    def push(_: int) -> requests.Response:
        address = f"{connected_site.rest}/igny8/v1/content/{uuid}"
        return requests.put(address, json=body, auth=credentials, timeout=60)

    with ThreadPoolExecutor(TIMES) as pool:
        answers = list(pool.map(push, range(TIMES)))
    codes = sorted(answer.status_code for answer in answers)
    assert codes.count(201) == 1
    assert set(codes) <= {200, 201, 503}
    assert len({answer.json()["id"] for answer in answers if answer.status_code < 300}) == 1
    assert [post["uuid"] for post in posts(connected_site)] == [uuid]
