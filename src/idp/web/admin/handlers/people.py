"""People: search, one person, and what is done to an account."""

from collections.abc import Sequence

from idp.application import invitations
from idp.application.admin import people
from idp.application.admin.people import PersonFile
from idp.application.devices import describe_device
from idp.application.invite import invite
from idp.application.roles import list_roles, read_role
from idp.errors import NotFound
from idp.records.accounts import RoleAssignment
from idp.records.accounts import User as UserRecord
from idp.records.journeys import Session as SessionRecord
from idp.web.admin.calls import Call, Reply
from idp.web.admin.cursors import cut_page, decode_cursor, page_of_names
from idp.web.admin.models import people as models
from idp.web.admin.models.me import Person
from idp.web.admin.models.shape import Page, at, at_or_none
from idp.web.edge import number_of


def list_users(call: Call) -> Reply:
    """Find people by a part of their address or name."""
    query: models.UserQuery = call.query
    after = decode_cursor(query.cursor, int) or 0
    found = people.search_people(call.deps, query.q, after, query.limit + 1)
    shown, cursor = cut_page(found, query.limit, lambda one: one[0].id)
    items = [_summary(user, roles) for user, roles in shown]
    return Reply(Page[models.UserSummary](items=items, next=cursor))


def invite_user(call: Call) -> Reply:
    """Mail an invitation."""
    locale = call.desk.find_locale(call.body.locale)
    actor = call.change("invited").actor
    return Reply(models.Invited(until=at(invite(call.deps, call.body.email, locale, actor))))


def list_invitations(call: Call) -> Reply:
    """List invitations, newest first."""
    query: models.InvitationQuery = call.query
    before = decode_cursor(query.cursor, int)
    found = invitations.list_invitations(call.deps, ended=query.state == "all", before_id=before, limit=query.limit + 1)
    shown, cursor = cut_page(found, query.limit, lambda one: one.id)
    return Reply(Page[models.SentInvitation](items=[_describe_invitation(one) for one in shown], next=cursor))


def revoke_invitation(call: Call) -> Reply:
    """Take an invitation back."""
    number = number_of(call.path["invitation"])
    if number is None:
        raise NotFound(f"There is no invitation {call.path['invitation'][:40]!r}.")
    revoked = invitations.revoke_invitation(call.deps, number, call.change(call.body.reason))
    return Reply(_describe_invitation(revoked))


def get_user(call: Call) -> Reply:
    """Show a person."""
    return _reply(call)


def block_user(call: Call) -> Reply:
    """Block a person who is as the caller saw them."""
    people.block_person(call.deps, call.caller, _see(call), call.change(call.body.reason), blocked=True)
    return _reply(call)


def unblock_user(call: Call) -> Reply:
    """Lift the block of a person who is as the caller saw them."""
    people.block_person(call.deps, call.caller, _see(call), call.change(call.body.reason), blocked=False)
    return _reply(call)


def mail_recovery_link(call: Call) -> Reply:
    """Mail a recovery link."""
    user = people.find_person(call.deps, call.path["user_id"])
    people.mail_recovery_link(call.deps, call.caller, user, call.change(call.body.reason))
    return Reply(models.LinkMailed(asked=True))


def erase_user(call: Call) -> Reply:
    """Erase an account that is as the caller saw it."""
    erased = people.erase_person(call.deps, call.caller, _see(call), call.change(call.body.reason))
    return Reply(models.Erased(erased=erased))


def sign_out_user(call: Call) -> Reply:
    """End all sessions of a person."""
    user = people.find_person(call.deps, call.path["user_id"])
    ended = people.sign_out_person(call.deps, call.caller, user, call.change(call.body.reason))
    return Reply(models.SignedOut(ended=ended))


def list_sessions(call: Call) -> Reply:
    """List who is signed in, newest first."""
    query: models.SessionQuery = call.query
    before = decode_cursor(query.cursor, int)
    found = people.list_sessions(call.deps, query.user, before, query.limit + 1)
    shown, cursor = cut_page(found, query.limit, lambda one: one[0].id)
    items = [
        models.Session(
            **_describe_session(session).model_dump(), user=Person(id=user.sub, email=user.email, name=user.name)
        )
        for session, user in shown
    ]
    return Reply(Page[models.Session](items=items, next=cursor))


def end_session(call: Call) -> Reply:
    """End one session."""
    number = number_of(call.path["session_id"])
    if number is None:
        raise NotFound("There is no such session, or it has ended.")
    people.end_session(call.deps, call.caller, number, call.change("ended by an operator"))
    return Reply()


def list_operators(call: Call) -> Reply:
    """List everybody who has a role."""
    by_sub: dict[str, tuple[UserRecord, list[RoleAssignment]]] = {}
    for user, assignment in list_roles(call.deps):
        by_sub.setdefault(user.sub, (user, []))[1].append(assignment)
    found, cursor = page_of_names(list(by_sub.values()), call.query, lambda one: one[0].sub)
    items = [
        models.Operator(**_summary(user, held).model_dump(), held_roles=_describe_roles(held)) for user, held in found
    ]
    return Reply(Page[models.Operator](items=items, next=cursor))


def give_role(call: Call) -> Reply:
    """Give a person a role."""
    return _change_role(call, given=True)


def take_role(call: Call) -> Reply:
    """Take a role from a person."""
    return _change_role(call, given=False)


def _change_role(call: Call, *, given: bool) -> Reply:
    user, role = people.find_person(call.deps, call.path["user_id"]), read_role(call.path["role"])
    changed = people.change_role(call.deps, user, role, call.change("role"), given=given)
    held = people.show_person(call.deps, user.sub).roles
    return Reply(models.RoleChanged(changed=changed, roles=[one.role for one in held]))


def _see(call: Call) -> UserRecord:
    """Return the account, if it is as the caller saw it. Raises NotFound, or Refused."""
    file = people.show_person(call.deps, call.path["user_id"])
    call.expect(_tag(file.user), lambda: _describe(file))
    return file.user


def _reply(call: Call) -> Reply:
    file = people.show_person(call.deps, call.path["user_id"])
    return Reply(_describe(file), _tag(file.user))


def _tag(user: UserRecord) -> str:
    return f"u{user.version}"


def _summary(user: UserRecord, roles: Sequence[RoleAssignment]) -> models.UserSummary:
    return models.UserSummary(
        id=user.sub,
        email=user.email,
        name=user.name,
        status=user.status,
        created_at=at(user.created_at),
        roles=[one.role for one in roles],
    )


def _describe(file: PersonFile) -> models.User:
    user, closure = file.user, file.closure
    return models.User(
        **_summary(user, file.roles).model_dump(),
        email_verified=user.email_verified,
        given_name=user.given_name,
        family_name=user.family_name,
        locale=user.locale,
        updated_at=at(user.updated_at),
        held_roles=_describe_roles(file.roles),
        credentials=[
            models.HeldCredential(
                id=str(one.id),
                kind=one.kind,
                label=one.label,
                created_at=at(one.created_at),
                last_used_at=at_or_none(one.last_used_at),
            )
            for one in file.credentials
        ],
        identities=[models.HeldIdentity(vendor=one.vendor, enrolled_at=at(one.enrolled_at)) for one in file.identities],
        sessions=[_describe_session(one) for one in file.sessions],
        evidence=[
            models.ProvedPiece(
                method=one.method,
                amr=list(one.amr),
                at=at(one.at),
                step=one.source_step,
                purpose=one.purpose,
                flow=one.flow_id,
                run=str(one.run_id),
            )
            for one in file.evidence
        ],
        closing=models.Closing(
            requested_at=at(closure.requested_at),
            due_at=at(closure.due_at),
            erased=closure.erased_at is not None,
        )
        if closure is not None and closure.undone_at is None
        else None,
    )


def _describe_roles(roles: Sequence[RoleAssignment]) -> list[models.HeldRole]:
    return [models.HeldRole(role=one.role, granted_at=at(one.granted_at), granted_by=one.granted_by) for one in roles]


def _describe_session(session: SessionRecord) -> models.SessionOfUser:
    return models.SessionOfUser(
        id=str(session.id),
        device=describe_device(session.user_agent),
        address=session.address,
        created_at=at(session.created_at),
        last_seen_at=at(session.last_seen_at),
        expires_at=at(session.expires_at),
    )


def _describe_invitation(one: invitations.SentInvitation) -> models.SentInvitation:
    return models.SentInvitation(
        id=str(one.id),
        email=one.email,
        invited_by=one.by,
        state=one.state,
        sent_at=at(one.sent_at),
        until=at(one.until),
        ended_at=at_or_none(one.ended_at),
    )
