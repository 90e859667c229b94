"""The kinds of problems there are: the name in `urn:idp:problem:<name>`, its title and its status (RFC 9457)."""

from typing import Final, NamedTuple

URN: Final = "urn:idp:problem:"


class ProblemKind(NamedTuple):
    """A kind of refusal. It has one status and one title for good."""

    status: int
    title: str


KINDS: Final[dict[str, ProblemKind]] = {
    "unauthenticated": ProblemKind(401, "Sign in first"),
    "step-up-required": ProblemKind(401, "A stronger or fresher sign-in is needed"),
    "forbidden": ProblemKind(403, "You may not do this"),
    "not-found": ProblemKind(404, "There is no such thing"),
    "method-not-allowed": ProblemKind(405, "This cannot be done here"),
    "conflict": ProblemKind(409, "Somebody else was faster"),
    "would-lock-out": ProblemKind(409, "Somebody could not sign in any more"),
    "precondition-failed": ProblemKind(412, "It has changed since you looked"),
    "too-large": ProblemKind(413, "This is too large"),
    "unsupported-media-type": ProblemKind(415, "Send JSON"),
    "invalid": ProblemKind(422, "Something in the request is wrong"),
    "idempotency-key-reused": ProblemKind(422, "This Idempotency-Key stands for another request"),
    "precondition-required": ProblemKind(428, "Say which version you saw"),
    "rate-limited": ProblemKind(429, "Too many requests"),
    "server-error": ProblemKind(500, "Something went wrong here"),
    "unavailable": ProblemKind(503, "This does not work at the moment"),
}
