"""Every operation of the admin API, in one table. Routes, permissions and the OpenAPI document all come from it."""

from typing import Final

from idp.web.admin.operation import Operation
from idp.web.admin.operations.connections import CONNECTIONS
from idp.web.admin.operations.flows import FLOWS
from idp.web.admin.operations.people import PEOPLE
from idp.web.admin.operations.reviews import REVIEWS
from idp.web.admin.operations.setup import SETUP
from idp.web.admin.operations.sight import SIGHT

#: In the order of the document.
OPERATIONS: Final[tuple[Operation, ...]] = (*FLOWS, *CONNECTIONS, *REVIEWS, *PEOPLE, *SETUP, *SIGHT)
