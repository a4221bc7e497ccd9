"""Sites without our plugin: the same calls over WordPress's own routes, ``wp/v2``.

Core has no upsert, so a post is first made as an empty draft whose address carries the id of its
article; it is looked up by that address before every attempt, and only then, its number written
down, gets its text and its real address. Serialised by the delivery's lease.
"""

import hashlib
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from igny8_flask.entities import unescape
from igny8_flask.errors import WordPressError
from igny8_flask.wordpress import core_guard
from igny8_flask.wordpress.client import WordPressClient
from igny8_flask.wordpress.core_guard import raw, sha
from igny8_flask.wordpress.replies import refusal

CORE = "wp/v2"
MARK = "igny8-"
POST_TYPE = "post"
PUBLIC = ("publish", "private")
STATES = {True: "applied", False: "altered"}
EXISTS = "term_exists"
TAXONOMIES = {"categories": "categories", "tags": "tags"}


class CoreClient:
    """One article's way to a site without the plugin.

    ``post_id`` is what is known of its post; ``on_created`` is called with the number of a new one
    before anything else is done with it. ``base`` is that of the last receipt.
    """

    def __init__(
        self,
        rest: WordPressClient,
        post_id: int | None = None,
        on_created: Callable[[int], None] = lambda _: None,
        base: Mapping[str, Any] | None = None,
    ) -> None:
        self._rest = rest
        self._post_id = post_id
        self._on_created = on_created
        self._base = base or {}

    def whoami(self) -> dict[str, Any]:
        """The user of the application password; WordPressError when it is not accepted."""
        return self._rest.call("GET", "users/me", {"context": "edit"}, namespace=CORE)

    def put_media(
        self, sha256: str, data: bytes, mime: str, filename: str, alt: str, title: str, caption: str
    ) -> dict[str, Any]:
        """Store a file; one that lies there already is not stored again.

        Its hash goes along, so that WordPress refuses what arrives cut short.
        """
        found = self._find_media(sha256)
        if found is None:
            about = {"alt_text": alt, "title": title, "caption": caption, "slug": _mark(sha256)}
            headers = {
                "Content-Type": mime,
                "Content-Disposition": f'attachment; filename="{filename}"',
                "Content-MD5": hashlib.md5(data, usedforsecurity=False).hexdigest(),
            }
            found = self._rest.call(
                "POST", "media", about, namespace=CORE, data=data, headers=headers
            )
        return {
            "id": found["id"],
            "source_url": found["source_url"],
            "alt": found.get("alt_text", ""),
            "sha256": sha256,
        }

    def put_content(self, content_id: uuid.UUID, document: Mapping[str, Any]) -> dict[str, Any]:
        """Make or update the one post of this content; a receipt in the plugin's shape."""
        post = self._find(content_id)
        created = post is None
        if post is None:
            post = self._create(content_id, document["title"])
        else:
            core_guard.refuse(post, document, self._base, self._edit_link(post["id"]))
        base = {} if created else self._base
        terms = {name: self._terms(name, document) for name in TAXONOMIES}
        featured = self._featured(document)
        off: dict[str, set[int]] = {name: set() for name in TAXONOMIES}
        if not document.get("force"):
            off = {name: core_guard.taken_off(name, post, base) for name in TAXONOMIES}
        wanted = self._wanted(post, document, core_guard.without(terms, off), featured)
        kept = core_guard.keep(wanted, post, document, base)
        stands = {name: raw(post.get(name)) for name in wanted}
        if any(stands[name] != value for name, value in wanted.items()):
            post = self._rest.call("POST", f"posts/{post['id']}", namespace=CORE, json=wanted)
        receipt = self._receipt(post, document, terms, featured, created)
        core_guard.tell_kept(receipt["fields"], kept, terms, off)
        return {**receipt, "base": core_guard.noted(post, base, kept, off)}

    def get_content(self, content_id: uuid.UUID) -> dict[str, Any]:
        """The post of this content as it stands, with its words."""
        post = self._find(content_id)
        if post is None:
            raise _not_found()
        words = {name: raw(post.get(name)) for name in ("title", "content", "excerpt")}
        return {**self._facts(post), **words}

    def delete_content(self, content_id: uuid.UUID) -> dict[str, Any]:
        """Move the post of this content to the trash."""
        post = self._find(content_id)
        if post is None:
            raise _not_found()
        if post["status"] != "trash":
            post = self._rest.call("DELETE", f"posts/{post['id']}", namespace=CORE)
        return self._facts(post)

    def _find(self, content_id: uuid.UUID) -> dict[str, Any] | None:
        if self._post_id is not None:
            try:
                return self._rest.call(
                    "GET", f"posts/{self._post_id}", {"context": "edit"}, namespace=CORE
                )
            except WordPressError as error:
                if error.details.get("wp_code") != "rest_post_invalid_id":
                    raise
        found = self._list("posts", slug=_mark(content_id), status="any", context="edit")
        if not found:
            return None
        self._on_created(int(found[0]["id"]))
        return found[0]

    def _create(self, content_id: uuid.UUID, title: str) -> dict[str, Any]:
        body = {"title": title, "status": "draft", "slug": _mark(content_id)}
        post = self._rest.call("POST", "posts", namespace=CORE, json=body)
        if post.get("slug") != _mark(content_id):  # an attempt given up for dead was faster
            self._rest.call("DELETE", f"posts/{post['id']}", {"force": "true"}, namespace=CORE)
            (post,) = self._list("posts", slug=_mark(content_id), status="any", context="edit")
        self._on_created(int(post["id"]))
        return post

    def _wanted(
        self,
        post: Mapping[str, Any],
        document: Mapping[str, Any],
        terms: Mapping[str, dict[str, int]],
        featured: int,
    ) -> dict[str, Any]:
        wanted: dict[str, Any] = {
            "title": document["title"],
            "content": document["content"],
            "excerpt": document.get("excerpt", ""),
            "status": document["status"],
        }
        if featured:
            wanted["featured_media"] = featured
        public = post["status"] in PUBLIC
        if public and not document.get("force") and document["status"] not in PUBLIC:
            wanted["status"] = post["status"]
        if not public:
            wanted["slug"] = document.get("slug") or _slug_of(unescape(document["title"]))
        if document.get("date_gmt"):
            wanted["date_gmt"] = document["date_gmt"].removesuffix("Z")
        elif core_guard.is_time_taken_back(post, document, self._base):
            wanted["date_gmt"] = None  # Else core would wait for it when the post is published.
        for name, found in terms.items():
            if found:
                wanted[name] = sorted({*post.get(name, []), *found.values()} - _default(post, name))
        return wanted

    def _terms(self, name: str, document: Mapping[str, Any]) -> dict[str, int]:
        """Numbers of the wanted terms that exist, or may be made, by their names."""
        found: dict[str, int] = {}
        for term in document.get(name, []):
            number = self._term(TAXONOMIES[name], term, bool(document.get("create_terms")))
            if number:
                found[term] = number
        return found

    def _term(self, taxonomy: str, name: str, may_create: bool) -> int | None:
        there = self._list(taxonomy, slug=_slug_of(name)) or [
            term
            for term in self._list(taxonomy, search=name)
            if str(term.get("name", "")).casefold() == name.casefold()
        ]
        if there:
            return int(there[0]["id"])
        if not may_create:
            return None
        try:
            made = self._rest.call("POST", taxonomy, namespace=CORE, json={"name": name})
        except WordPressError as error:
            if error.details.get("wp_code") != EXISTS:
                return None
            return int(error.details["term_id"])
        return int(made["id"])

    def _featured(self, document: Mapping[str, Any]) -> int:
        if not document.get("featured"):
            return 0
        sha256 = document["featured"]["sha256"]
        found = self._find_media(sha256)
        if found is None:
            data = {"status": 422, "sha256": [sha256]}
            raise refusal({"code": "igny8_unknown_media", "message": "", "data": data})
        return int(found["id"])

    def _find_media(self, sha256: str) -> dict[str, Any] | None:
        found = self._list("media", slug=_mark(sha256), context="edit")
        return found[0] if found else None

    def _list(self, path: str, **query: str) -> list[dict[str, Any]]:
        """A list of core; asked for in an envelope, since every answer read here is an object."""
        told = self._rest.call("GET", path, {**query, "_envelope": "1"}, namespace=CORE)
        body = told.get("body")
        if int(told.get("status", 200)) >= 400 and isinstance(body, Mapping):
            raise refusal(body)
        return list(body) if isinstance(body, Sequence) else []

    def _receipt(
        self,
        post: Mapping[str, Any],
        document: Mapping[str, Any],
        terms: Mapping[str, dict[str, int]],
        featured: int,
        created: bool,
    ) -> dict[str, Any]:
        fields: dict[str, Any] = {
            name: STATES[raw(post.get(name)) == document.get(name, "")]
            for name in ("title", "content", "excerpt")
        }
        for name, found in terms.items():
            applied = [term for term, number in found.items() if number in post.get(name, [])]
            ignored = [term for term in document.get(name, []) if term not in applied]
            state = "applied" if not ignored else "altered" if applied else "ignored"
            fields[name] = {"state": state, "applied": applied, "ignored": ignored}
        if featured:
            state = "applied" if post.get("featured_media") == featured else "failed"
            fields["featured"] = {"state": state, "id": featured}
        if document.get("images"):
            fields["images"] = _images(raw(post["content"]), document["images"])
        if document.get("seo"):
            fields["seo"] = {"state": "ignored", "plugin": "none"}
        if document.get("author"):
            fields["author"] = "ignored"
        if document.get("post_type", POST_TYPE) != POST_TYPE:
            fields["post_type"] = "ignored"
        if document.get("date_gmt"):
            same = post.get("date_gmt") == document["date_gmt"].removesuffix("Z")
            fields["date_gmt"] = STATES[same]
        return {**self._facts(post), "created": created, "fields": fields, "dropped": []}

    def _facts(self, post: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "id": post["id"],
            "status": post["status"],
            "link": post.get("link", ""),
            "slug": post.get("slug", ""),
            "edit_link": self._edit_link(post["id"]),
            "modified_gmt": post.get("modified_gmt"),
            "sha": sha(raw(post.get("content"))),
            "changed": [],
        }

    def _edit_link(self, post_id: int) -> str:
        return f"{self._rest.home}/wp-admin/post.php?post={post_id}&action=edit"


def _mark(what: uuid.UUID | str) -> str:
    """The address by which a post or picture of ours is found again."""
    return MARK + str(what)[:40]


def _slug_of(name: str) -> str:
    """What WordPress makes of a simple name; others are found by search."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or name


def _default(post: Mapping[str, Any], name: str) -> set[int]:
    """The category that core gives to a new draft goes once the post has one of its own."""
    is_fresh = str(post.get("slug", "")).startswith(MARK)
    return set(post.get(name, [])) if is_fresh and name == "categories" else set()


def _images(stored: str, images: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    missing = [one["sha256"] for one in images if f"wp-image-{one['id']}" not in stored]
    state = "failed" if missing else "applied"
    return {"state": state, "missing": missing, "without_alt": []}


def _not_found() -> WordPressError:
    return refusal({"code": "igny8_not_found", "message": "", "data": {"status": 404}})
