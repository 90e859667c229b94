"""What every use case is given: one record, made by the wiring, passed as the first argument."""

from collections.abc import Callable
from dataclasses import dataclass, field

from idp.application.chain.digests import ChainKeys
from idp.application.library import FlowLibrary
from idp.application.policy import Policy
from idp.application.switchboard import Switchboard
from idp.clock import Clock
from idp.handles import RandomBytes
from idp.identity.hashing_pool import HashingPool
from idp.identity.links import LinkSigner
from idp.identity.passwords import PasswordHasher
from idp.identity.places import NOWHERE, Places
from idp.oauth.server import OAuthServer
from idp.oidc.keys import Keyring
from idp.sealing import Sealer
from idp.storage.protocols.unit import Storage
from idp.themes.reader import ThemeReader


@dataclass(frozen=True, slots=True)
class Dependencies:
    """The application's collaborators.

    `console_secret` is the secret of the console's own client. `code_key` keys the HMAC of e-mailed codes and of
    passkey challenges (32 bytes), `recovery_code_keys` that of recovery codes, newest first. `chain_keys` are those of
    the chain over the audit trail.
    """

    storage: Storage
    clock: Clock
    random_bytes: RandomBytes
    sealer: Sealer
    signer: LinkSigner
    code_key: bytes
    recovery_code_keys: tuple[bytes, ...] = field(repr=False)
    chain_keys: ChainKeys = field(repr=False)
    console_secret: str = field(repr=False)
    policy: Policy
    themes: ThemeReader
    flows: FlowLibrary
    switchboard: Switchboard
    oauth: OAuthServer
    keyring: Callable[[], Keyring]
    hasher: PasswordHasher
    hashing_pool: HashingPool
    places: Places = NOWHERE
