"""Themes: their texts, their versions, and the contrast of their colours."""

import base64
import binascii
from typing import Final

from idp.application import themes
from idp.application.documents import DocumentConflict
from idp.application.themes import read_worn
from idp.errors import InvalidInput, NotFound
from idp.records.documents import StoredDocument
from idp.themes.document import Theme, ThemeFault
from idp.themes.legibility import list_contrasts
from idp.themes.stylesheet import write_stylesheet
from idp.themes.tokens import COLOURS, FONTS, LENGTHS
from idp.web.admin.calls import Call, Reply, refuse_stale
from idp.web.admin.cursors import decode_cursor, page_of_names
from idp.web.admin.handlers.levels import describe_version, page_of_versions, read_version, tag_document
from idp.web.admin.models import setup as models
from idp.web.admin.models.shape import Page, at
from idp.web.admin.problems import Refused, refuse_input

_DEFAULT_LOOK: Final = models.DefaultLook(
    colours={name: models.ShadeValues(light=str(shade.light), dark=str(shade.dark)) for name, shade in COLOURS.items()},
    lengths={
        name: models.LengthValues(value=f"{value:g}rem", least=f"{least:g}rem", most=f"{most:g}rem")
        for name, (value, least, most) in LENGTHS.items()
    },
    fonts=dict(FONTS),
)


def list_themes(call: Call) -> Reply:
    """List the themes by their ids."""
    found, cursor = page_of_names(themes.list_themes(call.deps), call.query, lambda one: one.name)
    items = [models.ThemeSummary(**_describe(call, one).model_dump()) for one in found]
    return Reply(Page[models.ThemeSummary](items=items, next=cursor))


def get_theme(call: Call) -> Reply:
    """Show a theme."""
    document, _ = themes.show_theme(call.deps, call.path["theme_id"])
    return Reply(_describe(call, document), tag_document(document))


def put_theme(call: Call) -> Reply:
    """Put a theme in force, if what is in force is what the caller saw."""
    name, body = call.path["theme_id"], call.body
    seen = 0 if call.new else _see(call, name)
    try:
        saved = themes.save_theme(
            call.deps, name, body.text, call.change(body.message), logo=read_logo(body.logo), seen=seen
        )
    except DocumentConflict as conflict:
        raise _refuse_stale(call, conflict) from None
    reply = _describe(call, saved.document)
    return Reply(reply, tag_document(saved.document), status=201 if call.new else 200)


def roll_back_theme(call: Call) -> Reply:
    """Put a former version in force again, if what is in force is what the caller saw."""
    name, body = call.path["theme_id"], call.body
    seen = _see(call, name)
    try:
        saved = themes.roll_back_theme(call.deps, name, body.version, call.change(body.message), seen=seen)
    except DocumentConflict as conflict:
        raise _refuse_stale(call, conflict) from None
    return Reply(_describe(call, saved.document), tag_document(saved.document))


def delete_theme(call: Call) -> Reply:
    """Remove a theme that no client wears."""
    name = call.path["theme_id"]
    seen = _see(call, name)
    try:
        themes.remove_theme(call.deps, name, call.change("removed"), seen=seen)
    except DocumentConflict as conflict:
        raise _refuse_stale(call, conflict) from None
    except themes.ThemeInUse as fault:
        raise Refused("conflict", fault.message) from None
    return Reply()


def list_versions(call: Call) -> Reply:
    """List versions of a theme, newest first."""
    before, limit = decode_cursor(call.query.cursor, int), call.query.limit
    found = themes.list_theme_versions(call.deps, call.path["theme_id"], before, limit + 1)
    if not found and before is None:
        raise NotFound(f"There was never a theme {call.path['theme_id'][:64]!r}.")
    return page_of_versions(found, limit)


def get_version(call: Call) -> Reply:
    """Show one version of a theme."""
    return Reply(describe_version(themes.show_theme_version(call.deps, call.path["theme_id"], read_version(call))))


def check_theme(call: Call) -> Reply:
    """Check a text, and show how its colours stand out from each other."""
    try:
        theme = themes.check_theme(call.deps, call.body.text)
    except ThemeFault as fault:
        return Reply(models.ThemeChecked(faults=list(fault.faults), css=None, contrasts=_list_contrasts(Theme("-"))))
    except InvalidInput as fault:
        return Reply(models.ThemeChecked(faults=[fault.message], css=None, contrasts=_list_contrasts(Theme("-"))))
    return Reply(models.ThemeChecked(faults=[], css=write_stylesheet(theme), contrasts=_list_contrasts(theme)))


def _refuse_stale(call: Call, conflict: DocumentConflict) -> Refused:
    now = conflict.theirs
    return refuse_stale(None) if now is None else refuse_stale(_describe(call, now), tag_document(now))


def _see(call: Call, name: str) -> int:
    document, _ = themes.show_theme(call.deps, name)
    call.expect(tag_document(document), lambda: _describe(call, document))
    return document.version


def read_logo(text: str | None) -> bytes | None:
    """Return the bytes of an image in base64, None without one. Refuses what is no base64."""
    if text is None:
        return None
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        raise refuse_input("base64", "The image is not base64.", pointer="/logo") from None


def _describe(call: Call, document: StoredDocument) -> models.Theme:
    try:
        _, wearers = themes.show_theme(call.deps, document.name)
    except NotFound:
        wearers = ()
    # After a question to the storage, for with that the files follow what was just saved.
    theme, dress = read_worn(call.deps, document), call.desk.themes.dress(document.name)
    return models.Theme(
        id=document.name,
        name=theme.name,
        version=document.version,
        updated_at=at(document.at),
        css_url=dress.css_url,
        logo_url=dress.logo_url,
        used_by=list(wearers),
        text=document.text,
        author=document.author,
        message=document.message,
        tokens=dict(theme.tokens),
        links=dict(theme.links),
        contrasts=_list_contrasts(theme),
        default_look=_DEFAULT_LOOK,
    )


def _list_contrasts(theme: Theme) -> list[models.Contrast]:
    return [
        models.Contrast(front=one.front, ground=one.ground, light=one.light, dark=one.dark, needed=one.needed)
        for one in list_contrasts(theme.tokens)
    ]
