"""The connector types that come with the product."""

from typing import Final

from idp.connectors.api import ConnectorType
from idp.connectors.breached_passwords.connector import BREACHED_PASSWORDS
from idp.connectors.http.connector import HTTP
from idp.connectors.incode.connector import INCODE
from idp.connectors.oidc.connector import OIDC
from idp.connectors.sms.gateway import SMS_GATEWAY
from idp.connectors.sms.mailbox import SMS_MAILBOX
from idp.connectors.smtp.connection import SMTP

CONNECTOR_TYPES: Final[tuple[ConnectorType, ...]] = (
    INCODE,
    HTTP,
    BREACHED_PASSWORDS,
    OIDC,
    SMTP,
    SMS_GATEWAY,
    SMS_MAILBOX,
)
