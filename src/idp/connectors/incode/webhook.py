"""Reading Incode's notifications (reference, section 9). They carry no authority: a hint to look, and no more."""

import json
from typing import Final

from idp.connectors.api import WebhookHint, WebhookRefused
from idp.connectors.incode.config import IncodeConfig
from idp.connectors.incode.parse import read_identifier, read_object, read_word

MAX_BODY: Final = 16_384


def read_notification(body: bytes, config: IncodeConfig) -> WebhookHint:
    """Read an onboarding status or session notification.

    Raises WebhookRefused when it is malformed or names a client or flow that is not this connection's. Who sent it is
    for the caller to check, by the bearer token it handed out.
    """
    if len(body) > MAX_BODY:
        raise WebhookRefused("The notification is too large.")
    try:
        fields = read_object(json.loads(body.decode()))
    except (ValueError, RecursionError):
        raise WebhookRefused("The notification is not JSON.") from None
    reference = read_identifier(fields.get("interviewId"))
    if reference is None:
        raise WebhookRefused("The notification names no session.")
    hint = WebhookHint(
        reference,
        read_word(fields.get("onboardingStatus")) or read_word(fields.get("eventType")) or "",
        read_identifier(fields.get("clientId")),
        read_identifier(fields.get("flowId")),
    )
    if config.client_id is not None and fields.get("clientId") not in (None, config.client_id):
        raise WebhookRefused("The notification is for another client.")
    if fields.get("flowId") not in (None, config.flow_id):
        raise WebhookRefused("The notification is for another flow.")
    return hint
