"""One sample of each connector type for the conformance suite."""

from idp.connectors.breached_passwords.connector import BREACHED_PASSWORDS
from idp.connectors.conformance import Sample
from idp.connectors.http.connector import HTTP
from idp.connectors.incode.connector import INCODE
from idp.connectors.oidc.connector import OIDC
from idp.connectors.sms.gateway import SMS_GATEWAY
from idp.connectors.sms.mailbox import SMS_MAILBOX
from idp.connectors.smtp.connection import SMTP

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
    Sample(
        OIDC,
        {"issuer": "https://far.example", "client_id": "near", "display_name": "Far"},
        {"client_secret": "canary-client-secret-84"},
    ),
    Sample(
        SMS_GATEWAY,
        {"api_url": "https://sms.example", "account_sid": "AC1", "sender": "+491510000000"},
        {"auth_token": "canary-auth-token-82"},
    ),
    # The port of nobody: what mail goes through is not the network of the suite.
    Sample(SMS_MAILBOX, {"host": "127.0.0.1", "port": 1}),
    Sample(
        SMTP,
        {"host": "127.0.0.1", "port": 1, "sender": "no-reply@idp.example", "username": "idp"},
        {"password": "canary-smtp-password-83"},
    ),
)
