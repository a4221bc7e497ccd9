"""Which pictures lie on a site already: each is sent once per site, whatever post it stands in."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select

from igny8_flask import documents
from igny8_flask.db import db
from igny8_flask.errors import NotFoundError
from igny8_flask.models import Content, Image, ImageFile, ImageKind, Site, SiteMedia
from igny8_flask.models.enums import ImageState

EXTENSIONS = {"image/webp": "webp", "image/jpeg": "jpg", "image/png": "png"}
SENT_KINDS = (ImageKind.FEATURED, ImageKind.DESKTOP)


@dataclass(frozen=True)
class Upload:
    """A picture that has to be sent, with the words around it; its bytes are read when needed."""

    sha256: str
    mime: str
    filename: str
    alt: str
    title: str
    caption: str


def images_of(content: Content) -> list[Image]:
    """The pictures of an article that belong on the site."""
    return [
        image
        for image in content.images
        if image.state is ImageState.GENERATED and image.sha256 and image.kind in SENT_KINDS
    ]


def known(site_id: uuid.UUID, images: Sequence[Image]) -> dict[str, SiteMedia]:
    """What of these lies on the site, by hash."""
    rows = db.session.scalars(
        select(SiteMedia).where(
            SiteMedia.site_id == site_id, SiteMedia.sha256.in_([image.sha256 for image in images])
        )
    )
    return {row.sha256: row for row in rows}


def missing(content: Content, images: Sequence[Image]) -> list[Upload]:
    """The pictures that still have to be sent, each once; NotFoundError when a file is gone."""
    there = known(content.site_id, images)
    uploads: dict[str, Upload] = {}
    for image in images:
        if image.sha256 and image.sha256 not in there and image.sha256 not in uploads:
            uploads[image.sha256] = _upload(content, image)
    return list(uploads.values())


def read_bytes(account_id: uuid.UUID, sha256: str) -> bytes:
    """The bytes of a stored picture."""
    return _file(account_id, sha256).data


def remember(site: Site, images: Sequence[Image], sha256: str, told: Mapping[str, Any]) -> None:
    """Note where a picture lies now, as the site told it (``id``, ``source_url``); commits."""
    row = db.session.scalar(
        select(SiteMedia).where(SiteMedia.site_id == site.id, SiteMedia.sha256 == sha256)
    )
    if row is None:
        row = SiteMedia(account_id=site.account_id, site_id=site.id, sha256=sha256)
        db.session.add(row)
    row.wp_media_id, row.source_url = int(told["id"]), str(told["source_url"])
    row.alt = str(told.get("alt") or "")
    for image in images:
        if image.sha256 == sha256:
            image.wp_media_id = row.wp_media_id
    db.session.commit()


def forget(site_id: uuid.UUID, hashes: Iterable[str]) -> None:
    """The site does not hold these any more; commits."""
    db.session.execute(
        delete(SiteMedia).where(SiteMedia.site_id == site_id, SiteMedia.sha256.in_(list(hashes)))
    )
    db.session.commit()


def belongs_to(site: Site, sha256: str) -> bool:
    """Whether a picture with this hash stands in an article of the site."""
    row = select(Image.id).where(Image.site_id == site.id, Image.sha256 == sha256).limit(1)
    return db.session.scalar(row) is not None


def file_of(site: Site, sha256: str) -> ImageFile:
    """A picture of the site; NotFoundError for unknown and foreign hashes alike."""
    if not belongs_to(site, sha256):
        raise NotFoundError()
    return _file(site.account_id, sha256)


def _upload(content: Content, image: Image) -> Upload:
    file = _file(image.account_id, str(image.sha256))
    return Upload(
        sha256=file.sha256,
        mime=file.mime,
        filename=documents.file_name(content.title, image, EXTENSIONS[file.mime]),
        alt=image.alt,
        title=documents.as_markup(image.alt or content.title),
        caption=documents.as_markup(image.caption),
    )


def _file(account_id: uuid.UUID, sha256: str) -> ImageFile:
    file = db.session.get(ImageFile, (account_id, sha256))
    if file is None:
        raise NotFoundError("The picture's file is gone; make the image again.")
    return file
