"""Errors as answers, told apart by path: a page for people, for programs JSON (RFC 6749 section 5.2, RFC 9457)."""

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from idp.translation import Translation
from idp.web.admin.problems import ADMIN_PATHS, answer_refusal
from idp.web.middleware.error_boundary import Refusal
from idp.web.middleware.request_id import request_id_of
from idp.web.pages import Pages
from idp.web.views import Failure, RequestLate, View


class Refusals:
    """Answers refusals; fits `AnswersRefusals`."""

    def __init__(self, pages: Pages, translation: Translation, is_machine_path: Callable[[str], bool]) -> None:
        """`is_machine_path` says of a path whether programs and not people ask there."""
        self._pages = pages
        self._translation = translation
        self._is_machine_path = is_machine_path

    def __call__(self, scope: Scope, refusal: Refusal) -> Response:
        """Return the answer, with the status and headers of the refusal."""
        request_id = request_id_of(scope)
        if scope["path"].startswith(ADMIN_PATHS):
            return answer_refusal(scope, refusal)
        if self._is_machine_path(scope["path"]):
            body = {"error": refusal.code, "error_description": refusal.description, "request_id": request_id}
            answer: Response = JSONResponse({key: value for key, value in body.items() if value}, refusal.status)
        else:
            accepted = Headers(scope=scope).get("accept-language")
            locale = self._translation.negotiate(accept_language=accepted)
            view = _view(refusal, request_id)
            answer = self._pages.render(view, locale).to_response()
            answer.status_code = refusal.status
        answer.headers.update(refusal.headers)
        return answer


def _view(refusal: Refusal, request_id: str) -> View:
    over = refusal.over
    if over is None:
        return Failure(refusal.code, request_id, refusal.description)
    if over.reached:
        return RequestLate(over.reached, over.client_name or None, over.way_back)
    return Failure(over.code, request_id, retry_url=over.way_back, client_name=over.client_name or None)
