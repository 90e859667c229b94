"""Which factors can be asked for with the connections that there are."""

from dataclasses import replace

from idp.flows.factors import FACTOR_NAMES, FACTORS, list_able, list_served, list_unserved_methods
from idp.flows.methods import SMS
from idp.flows.step_types import CALL, LISTS_BREACHES, SENDS_SMS, ConnectionInfo
from tests.flows.samples import CATALOG

TEXTS = ConnectionInfo("sms_gateway", use=None, abilities=frozenset({SENDS_SMS}))
LEAKED = ConnectionInfo("breached_passwords", use=None, abilities=frozenset({LISTS_BREACHES}))


def test_a_code_by_text_message_takes_a_connection_that_sends_one_and_nothing_else_does() -> None:
    assert list_served(CATALOG) == set(FACTOR_NAMES) - {"sms_code"}
    assert list_unserved_methods(CATALOG) == {SMS}
    leaked = replace(CATALOG, connections={**CATALOG.connections, "leaked": LEAKED})
    assert list_served(leaked) == list_served(CATALOG)
    texting = replace(CATALOG, connections={**CATALOG.connections, "texts": TEXTS})
    assert list_served(texting) == set(FACTOR_NAMES)
    assert list_unserved_methods(texting) == frozenset()
    assert [factor.name for factor in FACTORS if factor.ability] == ["sms_code"]


def test_connections_that_can_do_something_are_listed_by_name() -> None:
    catalog = replace(CATALOG, connections={"zulu": TEXTS, "leaked": LEAKED, "alpha": TEXTS, **CATALOG.connections})
    assert list_able(catalog, SENDS_SMS) == ("alpha", "zulu")
    assert list_able(catalog, LISTS_BREACHES) == ("leaked",)
    assert list_able(CATALOG, SENDS_SMS) == ()


def test_what_a_connection_is_for_is_what_a_step_does_with_it_and_what_actions_ask_of_it() -> None:
    assert TEXTS.roles == {SENDS_SMS}
    assert ConnectionInfo("crm").roles == {CALL}
    assert ConnectionInfo("both", abilities=frozenset({SENDS_SMS})).roles == {CALL, SENDS_SMS}
