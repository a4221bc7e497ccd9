"""Controls of the product, how each is switched off, and the tests that must then fail."""

from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from marshmallow import EXCLUDE
from rq.serializers import PickleSerializer
from sqlalchemy import select, true
from sqlalchemy.orm import with_loader_criteria

from igny8_flask.cache import StatusBody
from igny8_flask.tenants import TenantOwned


@dataclass(frozen=True)
class Control:
    """``patches`` are (``module:attribute``, replacement); ``tests`` are pytest's node ids."""

    decision: str
    patches: tuple[tuple[str, Any], ...]
    tests: tuple[str, ...]


class Unbound:
    """AES-GCM that does not look where a secret comes from."""

    def __init__(self, key: bytes) -> None:
        self.real = AESGCM(key)

    def encrypt(self, nonce: bytes, data: bytes, _place: bytes) -> bytes:
        return self.real.encrypt(nonce, data, None)

    def decrypt(self, nonce: bytes, data: bytes, _place: bytes) -> bytes:
        return self.real.decrypt(nonce, data, None)


def nothing(*_given: Any, **_named: Any) -> None:
    """Do nothing."""


def yes(*_given: Any, **_named: Any) -> bool:
    """Agree."""
    return True


def no(*_given: Any, **_named: Any) -> bool:
    """Disagree."""
    return False


def anybodys(value: Any, _site_id: Any) -> StatusBody | None:
    """A remembered status for whoever asks."""
    if not isinstance(value, bytes):
        return None
    _, etag, body = value.split(b" ", 2)
    return StatusBody(body, etag.decode())


def same(text: Any, *_more: Any, **_named: Any) -> Any:
    """Change nothing."""
    return text


AUTH, DOOR = "tests/unit/test_auth.py::", "tests/unit/api/test_json_door.py::"
SECURITY, SITES = "tests/security/", "tests/unit/test_sites.py::"
LITERAL = SECURITY + "test_ssrf.py::test_no_hostile_address_is_dialled"
BODY = DOOR + "test_a_hostile_body_is_refused_in_words"
ALONE = DOOR + "test_the_door_refuses_by_itself_what_no_schema_sees"
INSIDE = SECURITY + "test_inside.py::"
MEDIA = SECURITY + "test_media_and_lists.py::"
TIME = SECURITY + "test_time.py::"
TWO_SITES = SECURITY + "test_two_sites.py"
TENANTS = "tests/unit/test_tenants.py::"
ALL_ROWS = with_loader_criteria(TenantOwned, true(), include_aliases=True)

CONTROLS: dict[str, Control] = {
    "the digest of a key": Control(
        "D2", (("igny8_flask.auth:same_digest", yes),),
        (AUTH + "test_the_public_id_of_a_key_opens_nothing",),
    ),
    "the checksum of a key": Control(
        "D2", (("igny8_flask.crypto:_checksum", lambda _body: "000000"),),
        ("tests/unit/test_crypto.py::test_every_mistyped_character_of_a_key_is_found",),
    ),
    "the pepper": Control(
        "D2", (("igny8_flask.crypto:key_digest", lambda _pepper, text: text),
               ("igny8_flask.site_keys:key_digest", lambda _pepper, text: text),
               ("igny8_flask.auth:key_digest", lambda _pepper, text: text)),
        (AUTH + "test_no_key_stands_in_the_database_in_clear",),
    ),
    "the end of replaced keys": Control(
        "D4", (("igny8_flask.site_keys:_revoke", nothing),),
        (AUTH + "test_there_are_never_more_than_two_live_keys",),
    ),
    "the end of a disconnected site's keys": Control(
        "D4", (("igny8_flask.site_keys:revoke_all", nothing),), (TWO_SITES,),
    ),
    "the one use of a connect code": Control(
        "D5", (("igny8_flask.handshake:_redeem", nothing),),
        (SITES + "test_a_code_connects_its_site_once",),
    ),
    "the address of a connect code": Control(
        "D5", (("igny8_flask.handshake:_check_home", nothing),),
        (SITES + "test_a_code_for_another_address_is_refused_and_stays_unused",),
    ),
    "the stop of copied sites": Control(
        "D6", (("igny8_flask.auth:refuse_moved", nothing),),
        (AUTH + "test_a_copy_of_a_site_may_read_but_not_write",),
    ),
    "the memory of repeated writes": Control(
        "D7", (("igny8_flask.api.idempotency:_SHAPE", None),
               ("igny8_flask.api.idempotency:HEADER", "X-Nothing")),
        (TIME + "test_no_replayed_or_changed_call_has_a_second_effect",),
    ),
    "the judge of addresses": Control(
        "D10", (("igny8_flask.outbound.addresses:_is_permitted", yes),), (LITERAL,),
    ),
    "the strict reading of addresses": Control(
        "D10", (("igny8_flask.outbound.addresses:_parse_dotted_quad", same),),
        ("tests/unit/test_outbound_addresses.py",),
    ),
    "the cap on dense answers": Control(
        "D11", (("igny8_flask.ai.providers.endpoint:is_too_dense", no),
                ("igny8_flask.wordpress.replies:is_too_dense", no)),
        (SECURITY + "test_weight.py",),
    ),
    "production without private addresses": Control(
        "D12", (("igny8_flask.config:Settings.__post_init__", nothing),),
        ("tests/unit/test_config.py::test_production_allows_no_private_addresses",),
    ),
    "the place of a sealed secret": Control(
        "D14", (("igny8_flask.crypto:AESGCM", Unbound),),
        (INSIDE + "test_a_sealed_secret_moved_anywhere_else_is_refused",),
    ),
    "the scrubbing of logs": Control(
        "D15", (("igny8_flask.log:redact", same),), (SECURITY + "test_canaries.py",),
    ),
    "one line an event": Control(
        "D15", (("igny8_flask.log:_one_line", lambda _logger, _method, line: line),),
        (INSIDE + "test_one_event_is_one_line_whatever_it_says",),
    ),
    "JSON in Redis": Control(
        "D16", (("workers.worker:JSONSerializer", PickleSerializer),),
        (INSIDE + "test_a_pickle_in_redis_is_never_run",),
    ),
    "the site of a row": Control(
        "D17", (("igny8_flask.rows:of_site", lambda model, _site_id: select(model)),
                ("igny8_flask.tenant_session:_OWN_ROWS", ALL_ROWS),
                ("igny8_flask.tenant_session:_is_visible", yes)),
        (TWO_SITES,),
    ),
    "the site of a remembered status": Control(
        "D21", (("igny8_flask.cache:_body_of", anybodys),),
        (TWO_SITES,),
    ),
    "the conditions of a tenant": Control(
        "D18", (("igny8_flask.tenant_session:_OWN_ROWS", ALL_ROWS),),
        (TENANTS + "test_no_way_of_reading_shows_a_foreign_row",),
    ),
    "the look at rows before they are written": Control(
        "D18", (("igny8_flask.tenant_session:_check_write", nothing),),
        (TENANTS + "test_no_flush_writes_a_foreign_row",),
    ),
    "names that stand once": Control(
        "D22", (("igny8_flask.api.json_door:_unique_names", dict),), (ALONE,),
    ),
    "the depth of a body": Control(
        "D22", (("igny8_flask.api.json_door:_check_depth", nothing),), (BODY,),
    ),
    "numbers that are numbers": Control(
        "D22", (("igny8_flask.api.json_door:_no_constant", float),), (ALONE,),
    ),
    "characters that can be stored": Control(
        "D22", (("igny8_flask.api.json_door:check_characters", nothing),), (BODY,),
    ),
    "names that are known": Control(
        "D22",
        (("igny8_flask.api.resource:StrictParser.DEFAULT_UNKNOWN_BY_LOCATION",
          {"json": EXCLUDE, "query": EXCLUDE}),),
        (SECURITY + "test_door.py::test_no_hidden_field_can_be_set",),
    ),
    "the length of a list": Control(
        "D23", (("igny8_flask.keyword_csv:MAX_LINES", 10**9),
                ("igny8_flask.keyword_csv:MAX_ROWS", 10**9)),
        (MEDIA + "test_a_list_has_an_end",),
    ),
    "the sanitizer": Control(
        "D25", (("igny8_flask.content.normalizer:sanitize", same),),
        ("tests/content/test_attacks.py::test_an_attack_leaves_nothing_dangerous",),
    ),
    "the size of a picture": Control(
        "D26", (("igny8_flask.ai.pictures:MAX_PIXELS", 10**12),
                ("igny8_flask.ai.pictures:MAX_SIDE", 10**12)),
        (MEDIA + "test_a_pixel_bomb_is_refused_by_its_size",),
    ),
    "the limit of guesses": Control(
        "D32", (("igny8_flask.limits:Limiter.take", nothing),),
        (TIME + "test_guessed_connect_codes_are_locked",
         TIME + "test_guessed_site_keys_are_slowed"),
    ),
    "the limit of writes": Control(
        "D32", (("igny8_flask.auth:_limit_writes", nothing),),
        ("tests/unit/test_limits.py::test_the_21st_write_at_once_is_told_to_wait",),
    ),
    "the lock of metrics": Control(
        "D33", (("igny8_flask.api.health:_may_read_metrics", yes),),
        ("tests/unit/test_metrics.py::test_metrics_are_closed_to_others",),
    ),
}  # fmt: skip
