"""What a model refuses is learnt once, for all workers."""

from igny8_flask.ai.profile_store import SharedProfiles
from igny8_flask.ai.providers import Profile
from igny8_flask.cache import Cache
from igny8_flask.models import Site, WorkState
from igny8_flask.services import current
from tests.integration.jobs_by_hand import run_next, submit_article
from tests.lab.services import Sandbox


def test_a_refused_form_is_not_sent_again(site: Site, sandbox: Sandbox) -> None:
    sandbox.script(
        {
            "fault": "unsupported_parameter",
            "times": 0,
            "args": {"param": "response_format", "type": "json_schema"},
            "match": {},
        }
    )
    for _ in range(2):
        submit_article(site)
        assert run_next().state is WorkState.SUCCESS
    statuses = [entry["status"] for entry in sandbox.journal() if entry["function"]]
    assert statuses == [400, 200, 200]


def test_another_process_knows_what_one_learnt(site: Site, redis_url: str) -> None:
    mine = SharedProfiles(current().cache)
    other = SharedProfiles(Cache(redis_url))
    mine.put("https://ai.example.com/v1", "m", Profile(temperature=False))
    assert other.get("https://ai.example.com/v1", "m") == Profile(temperature=False)
