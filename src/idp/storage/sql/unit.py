"""One unit of work: every store, bound to one transaction."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property

from idp.clock import Clock
from idp.storage.sql.access_tokens import SqlAccessTokens
from idp.storage.sql.answers import SqlAnswers
from idp.storage.sql.applied import SqlApplied
from idp.storage.sql.audit import SqlAudit
from idp.storage.sql.cases import SqlCases
from idp.storage.sql.chain import SqlChain
from idp.storage.sql.clients import SqlClients
from idp.storage.sql.closures import SqlClosures
from idp.storage.sql.codes import SqlCodes
from idp.storage.sql.configured import Configured, Memory
from idp.storage.sql.connections import SqlConnections
from idp.storage.sql.consents import SqlConsents
from idp.storage.sql.console_sessions import SqlConsoleSessions
from idp.storage.sql.credentials import SqlCredentials
from idp.storage.sql.departures import SqlDepartures
from idp.storage.sql.devices import SqlDevices
from idp.storage.sql.documents import SqlDocuments
from idp.storage.sql.drafts import SqlDrafts
from idp.storage.sql.evidence import SqlEvidence
from idp.storage.sql.flows import SqlFlows
from idp.storage.sql.grants import SqlGrants
from idp.storage.sql.hops import SqlHops
from idp.storage.sql.identities import SqlIdentities
from idp.storage.sql.keys import SqlKeys
from idp.storage.sql.links import SqlLinks
from idp.storage.sql.once import SqlOnce
from idp.storage.sql.outbox import SqlOutbox
from idp.storage.sql.refresh_tokens import SqlRefreshTokens
from idp.storage.sql.registrations import SqlRegistrations
from idp.storage.sql.releases import SqlReleases
from idp.storage.sql.requests import SqlRequests
from idp.storage.sql.retention import SqlRetention
from idp.storage.sql.roles import SqlRoles
from idp.storage.sql.runs import SqlRuns
from idp.storage.sql.sessions import SqlSessions
from idp.storage.sql.throttles import SqlThrottles
from idp.storage.sql.transaction import Transaction
from idp.storage.sql.users import SqlUsers
from idp.storage.sql.vendor_deletions import SqlVendorDeletions
from idp.storage.sql.verifications import SqlVerifications

Follower = Callable[["SqlUnit", str], None]


class SqlUnit:
    """`UnitOfWork`. Each store is made when it is first asked for."""

    def __init__(
        self, transaction: Transaction, clock: Clock, memory: Memory, followers: Sequence[Follower] = ()
    ) -> None:
        """Bind to a transaction. Followers hear of the state of the configuration that it finds."""
        self._transaction = transaction
        self._clock = clock
        self._followers = followers
        self._configured = Configured(transaction, memory, self._tell)

    def _tell(self, token: str) -> None:
        for follow in self._followers:
            follow(self, token)

    @contextmanager
    def part(self) -> Iterator["SqlUnit"]:
        """Be a unit of work inside this one: what it did is undone by itself if an exception leaves it."""
        told = len(self.decided())
        try:
            with self._transaction.part():
                yield self
        except BaseException:
            del self.decided()[told:]
            # What it changed of the configuration is not so any more.
            self._configured.changed()
            raise

    def decided(self) -> list[tuple[str, str]]:
        """Return action and outcome of each audit entry that was appended here."""
        return self.audit.appended if "audit" in self.__dict__ else []

    @cached_property
    def users(self) -> SqlUsers:
        """See `SqlUsers`."""
        return SqlUsers(self._transaction)

    @cached_property
    def credentials(self) -> SqlCredentials:
        """See `SqlCredentials`."""
        return SqlCredentials(self._transaction)

    @cached_property
    def identities(self) -> SqlIdentities:
        """See `SqlIdentities`."""
        return SqlIdentities(self._transaction)

    @cached_property
    def registrations(self) -> SqlRegistrations:
        """See `SqlRegistrations`."""
        return SqlRegistrations(self._transaction)

    @cached_property
    def closures(self) -> SqlClosures:
        """See `SqlClosures`."""
        return SqlClosures(self._transaction)

    @cached_property
    def devices(self) -> SqlDevices:
        """See `SqlDevices`."""
        return SqlDevices(self._transaction)

    @cached_property
    def consents(self) -> SqlConsents:
        """See `SqlConsents`."""
        return SqlConsents(self._transaction)

    @cached_property
    def clients(self) -> SqlClients:
        """See `SqlClients`."""
        return SqlClients(self._transaction, self._configured)

    @cached_property
    def connections(self) -> SqlConnections:
        """See `SqlConnections`."""
        return SqlConnections(self._transaction, self._configured)

    @cached_property
    def flows(self) -> SqlFlows:
        """See `SqlFlows`."""
        return SqlFlows(self._transaction, self._configured)

    @cached_property
    def documents(self) -> SqlDocuments:
        """See `SqlDocuments`."""
        return SqlDocuments(self._transaction, self._configured)

    @cached_property
    def keys(self) -> SqlKeys:
        """See `SqlKeys`."""
        return SqlKeys(self._transaction)

    @cached_property
    def sessions(self) -> SqlSessions:
        """See `SqlSessions`."""
        return SqlSessions(self._transaction)

    @cached_property
    def console_sessions(self) -> SqlConsoleSessions:
        """See `SqlConsoleSessions`."""
        return SqlConsoleSessions(self._transaction)

    @cached_property
    def requests(self) -> SqlRequests:
        """See `SqlRequests`."""
        return SqlRequests(self._transaction)

    @cached_property
    def runs(self) -> SqlRuns:
        """See `SqlRuns`."""
        return SqlRuns(self._transaction)

    @cached_property
    def evidence(self) -> SqlEvidence:
        """See `SqlEvidence`."""
        return SqlEvidence(self._transaction)

    @cached_property
    def verifications(self) -> SqlVerifications:
        """See `SqlVerifications`."""
        return SqlVerifications(self._transaction)

    @cached_property
    def departures(self) -> SqlDepartures:
        """See `SqlDepartures`."""
        return SqlDepartures(self._transaction)

    @cached_property
    def cases(self) -> SqlCases:
        """See `SqlCases`."""
        return SqlCases(self._transaction)

    @cached_property
    def links(self) -> SqlLinks:
        """See `SqlLinks`."""
        return SqlLinks(self._transaction)

    @cached_property
    def once(self) -> SqlOnce:
        """See `SqlOnce`."""
        return SqlOnce(self._transaction, self._clock)

    @cached_property
    def throttles(self) -> SqlThrottles:
        """See `SqlThrottles`."""
        return SqlThrottles(self._transaction)

    @cached_property
    def grants(self) -> SqlGrants:
        """See `SqlGrants`."""
        return SqlGrants(self._transaction)

    @cached_property
    def codes(self) -> SqlCodes:
        """See `SqlCodes`."""
        return SqlCodes(self._transaction)

    @cached_property
    def refresh_tokens(self) -> SqlRefreshTokens:
        """See `SqlRefreshTokens`."""
        return SqlRefreshTokens(self._transaction)

    @cached_property
    def access_tokens(self) -> SqlAccessTokens:
        """See `SqlAccessTokens`."""
        return SqlAccessTokens(self._transaction)

    @cached_property
    def audit(self) -> SqlAudit:
        """See `SqlAudit`."""
        return SqlAudit(self._transaction)

    @cached_property
    def chain(self) -> SqlChain:
        """See `SqlChain`."""
        return SqlChain(self._transaction)

    @cached_property
    def answers(self) -> SqlAnswers:
        """See `SqlAnswers`."""
        return SqlAnswers(self._transaction)

    @cached_property
    def outbox(self) -> SqlOutbox:
        """See `SqlOutbox`."""
        return SqlOutbox(self._transaction)

    @cached_property
    def applied(self) -> SqlApplied:
        """See `SqlApplied`."""
        return SqlApplied(self._transaction)

    @cached_property
    def drafts(self) -> SqlDrafts:
        """See `SqlDrafts`."""
        return SqlDrafts(self._transaction)

    @cached_property
    def hops(self) -> SqlHops:
        """See `SqlHops`."""
        return SqlHops(self._transaction)

    @cached_property
    def releases(self) -> SqlReleases:
        """See `SqlReleases`."""
        return SqlReleases(self._transaction, self._configured)

    @cached_property
    def roles(self) -> SqlRoles:
        """See `SqlRoles`."""
        return SqlRoles(self._transaction)

    @cached_property
    def vendor_deletions(self) -> SqlVendorDeletions:
        """See `SqlVendorDeletions`."""
        return SqlVendorDeletions(self._transaction)

    @cached_property
    def retention(self) -> SqlRetention:
        """See `SqlRetention`."""
        return SqlRetention(self._transaction)
