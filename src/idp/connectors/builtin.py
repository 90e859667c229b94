"""The connector types that come with the product."""

from typing import Final

from idp.connectors.api import ConnectorType
from idp.connectors.breached_passwords.connector import BREACHED_PASSWORDS
from idp.connectors.http.connector import HTTP
from idp.connectors.incode.connector import INCODE

CONNECTOR_TYPES: Final[tuple[ConnectorType, ...]] = (INCODE, HTTP, BREACHED_PASSWORDS)
