"""One sample of each connector type for the conformance suite."""

from idp.connectors.breached_passwords.connector import BREACHED_PASSWORDS
from idp.connectors.conformance import Sample
from idp.connectors.http.connector import HTTP
from idp.connectors.incode.connector import INCODE

SAMPLES = (
    Sample(
        INCODE,
        {"api_url": "https://incode.example", "flow_id": "flow-1", "webhook_client_id": "hook"},
        {
            "api_key": "canary-api-key-77",
            "webhook_secret": "canary-webhook-78",
            "admin_email": "canary-admin@incode.example",
            "admin_password": "canary-admin-79",
        },
    ),
    Sample(
        HTTP,
        {
            "url": "https://crm.example/people/{email}",
            "inputs": {"email": "user.email"},
            "body": {"kind": "json", "content": {"email": "{email}"}},
            "outputs": {"tier": {"at": "/tier"}},
            "outcomes": [{"status": [404], "to": "unknown"}],
            "credentials": {"kind": "bearer"},
            "signing": {},
        },
        {"credential": "canary-credential-80", "signing_key": "canary-signing-81"},
        {"email": "alice@example.com"},
    ),
    Sample(BREACHED_PASSWORDS, {"url": "https://breaches.example/range/"}),
)
