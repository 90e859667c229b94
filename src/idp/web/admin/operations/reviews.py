"""Operations on review cases."""

from typing import Final

from idp.web.admin.models import reviews
from idp.web.admin.models.shape import Page
from idp.web.admin.operation import Operation

_REVIEW: Final = "/reviews/{review}"

REVIEWS: Final[tuple[Operation, ...]] = (
    Operation(
        "GET",
        "/reviews",
        "listReviews",
        "Cases that wait for a reviewer, oldest first",
        "reviews:read",
        Page[reviews.ReviewSummary],
        query=reviews.ReviewQuery,
    ),
    Operation(
        "GET",
        _REVIEW,
        "getReview",
        "A case with what a reviewer needs; that somebody looked is noted",
        "reviews:read",
        reviews.Review,
        problems=("not-found",),
    ),
    Operation(
        "POST",
        f"{_REVIEW}/decision",
        "decideReview",
        "Approve or reject a case",
        "reviews:decide",
        reviews.ReviewDecided,
        body=reviews.ReviewDecision,
        dangerous=True,
        creates=True,
        problems=("not-found", "conflict"),
    ),
)
