"""The public connector API. Values in, values out: a connector never sees a request, a session, a user or a store.

A connector package makes a `ConnectorType` and offers it in the entry point group `idp.connectors`; ours use the same
door. What a connector can do are separate protocols, and it has as many of them as it needs.
"""

from idp.connectors.api.abilities import (
    ChecksHealth,
    DeletesData,
    HealthCheck,
    HealthReport,
    ListsBreaches,
    ReceivesWebhook,
    WebhookHint,
)
from idp.connectors.api.calls import MAX_OUTPUT, CallRequest, CallResult, Calls, Value, is_value
from idp.connectors.api.failures import (
    CALL_ERRORS,
    ConnectorError,
    CredentialsRefused,
    NotSupported,
    WebhookRefused,
    name_code,
    name_failure,
)
from idp.connectors.api.identity import (
    OUTCOMES,
    Concluded,
    IdentityConnector,
    LookCall,
    Outcome,
    StartCall,
    Started,
    VerificationResult,
    Waiting,
    WaitReason,
)
from idp.connectors.api.kinds import Build, ConnectorType, Describe, ModelClass, SecretField, Site
from idp.connectors.api.messages import Message, MessageRefused, Sends
from idp.connectors.api.redirects import (
    ExternalIdentity,
    RedirectCall,
    Redirected,
    Redirects,
    ReturnCall,
    Returned,
)
from idp.flows.step_types import LISTS_BREACHES, SENDS_MAIL, SENDS_SMS

__all__ = [
    "CALL_ERRORS",
    "LISTS_BREACHES",
    "MAX_OUTPUT",
    "OUTCOMES",
    "SENDS_MAIL",
    "SENDS_SMS",
    "Build",
    "CallRequest",
    "CallResult",
    "Calls",
    "ChecksHealth",
    "Concluded",
    "ConnectorError",
    "ConnectorType",
    "CredentialsRefused",
    "DeletesData",
    "Describe",
    "ExternalIdentity",
    "HealthCheck",
    "HealthReport",
    "IdentityConnector",
    "ListsBreaches",
    "LookCall",
    "Message",
    "MessageRefused",
    "ModelClass",
    "NotSupported",
    "Outcome",
    "ReceivesWebhook",
    "RedirectCall",
    "Redirected",
    "Redirects",
    "ReturnCall",
    "Returned",
    "SecretField",
    "Sends",
    "Site",
    "StartCall",
    "Started",
    "Value",
    "VerificationResult",
    "WaitReason",
    "Waiting",
    "WebhookHint",
    "WebhookRefused",
    "is_value",
    "name_code",
    "name_failure",
]
