"""Levels: which evidence earns which acr, for how long, and what amr and auth_time it gives.

Nothing here can be told an acr: it is computed from evidence alone (DESIGN invariant 1).

Ages. Every requirement bounds *each* piece of evidence it uses by its own `max_age`. A level's `max_age` is the age of
its last, defining requirement; the others have the base age. So with `requires: [{factors: 1}, {any: [identity,
review]}]` and `max_age: 5m` the identity must be five minutes old at most, the password as old as the base age allows.

Recovery. Evidence of a recovery run counts for levels that require `recovery_link`, and those count nothing else: what
recovery proved, proves only recovery.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from idp.records.journeys import Evidence

RECOVERY_LINK: Final = "recovery_link"
OTHER_METHODS: Final = frozenset({RECOVERY_LINK, "identity", "review"})
SIGN_IN_PURPOSES: Final = frozenset({"sign_in", "sign_up"})

# RFC 8176 section 2. `mfa` and `mca` count other evidence, so no single piece of evidence may bring them.
REGISTERED_AMR: Final = frozenset(
    [
        "face",
        "fpt",
        "geo",
        "hwk",
        "iris",
        "kba",
        "otp",
        "pin",
        "pop",
        "pwd",
        "rba",
        "retina",
        "sc",
        "sms",
        "swk",
        "tel",
        "user",
        "vbm",
        "wia",
    ]
)
# Two nodes' clocks may differ a little; evidence further in the future than this is not believed.
CLOCK_SKEW: Final = 60.0


@dataclass(frozen=True, slots=True)
class Factor:
    """What sort of factor an evidence method is: its kind (knowledge, possession, ...) and the channel it came by.

    `counts` is 2 for an authenticator that is two factors in one, such as a passkey with user verification (NIST SP
    800-63B section 3.1.7, multi-factor cryptographic authentication).
    """

    kind: str
    channel: str
    counts: int = 1

    def differs(self, other: "Factor") -> bool:
        """Say whether the two count as two: different in kind AND in channel."""
        return self.kind != other.kind and self.channel != other.channel


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One piece of evidence of any of these methods, at most `max_age` seconds old."""

    methods: tuple[str, ...]
    max_age: float


@dataclass(frozen=True, slots=True)
class Factors:
    """Factors that differ pairwise in kind and channel and count as `count`, each at most `max_age` seconds old."""

    count: int
    max_age: float


LevelRequirement = AnyOf | Factors


@dataclass(frozen=True, slots=True)
class Level:
    """One acr and what it takes. The last requirement is the defining one.

    `step_up` names the flow that brings somebody who is signed in to this level, None for the flow of the purpose.
    """

    acr: str
    requires: tuple[LevelRequirement, ...]
    aliases: tuple[str, ...] = ()
    step_up: str | None = None

    @property
    def recovery(self) -> bool:
        """Say whether this is a level of recovery."""
        return any(isinstance(r, AnyOf) and RECOVERY_LINK in r.methods for r in self.requires)

    @property
    def defining(self) -> LevelRequirement:
        """Return the requirement that makes the level what it is."""
        return self.requires[-1]


@dataclass(frozen=True, slots=True)
class Earned:
    """What evidence is worth: the acr, the RFC 8176 values (sorted, unique) and the time in whole epoch seconds.

    `evidence_ids` are the pieces that count for the level, for the audit trail.
    """

    acr: str
    amr: tuple[str, ...]
    auth_time: int
    evidence_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Levels:
    """All levels, lowest first, and the catalogue of factors. Make one with `idp.oidc.levels_document.parse_levels`."""

    levels: tuple[Level, ...]
    factors: Mapping[str, Factor]
    base_age: float

    @property
    def acrs(self) -> tuple[str, ...]:
        """Return the canonical acr values, lowest first."""
        return tuple(level.acr for level in self.levels)

    def level(self, acr: str) -> Level | None:
        """Return the level of an acr or an alias, or None."""
        return next((level for level in self.levels if acr == level.acr or acr in level.aliases), None)

    def canonical(self, acr: str) -> str | None:
        """Return the level's own name for an acr or an alias, or None if nobody knows it."""
        level = self.level(acr)
        return level.acr if level else None

    def rank(self, acr: str) -> int | None:
        """Return the place of an acr or alias, 0 for the lowest, or None if nobody knows it."""
        canonical = self.canonical(acr)
        return None if canonical is None else self.acrs.index(canonical)

    def earned(self, evidence: Iterable[Evidence], now: float) -> Earned | None:
        """Return the highest level that the evidence earns at `now` (epoch seconds), or None."""
        pieces = tuple(evidence)
        every = (self.earn(level.acr, pieces, now) for level in reversed(self.levels))
        return next((earned for earned in every if earned), None)

    def earn(self, acr: str, evidence: Iterable[Evidence], now: float) -> Earned | None:
        """Return what the evidence earns for exactly this level, or None.

        The answer names the level as it was asked for, so an alias comes back as that alias. `auth_time` is the latest
        time among the evidence that the requirements use: a fresh step-up gives a fresh time, a level fallen back to
        its own older one. `amr` is of all evidence that counts for the level and is within its age, used or not.
        """
        level = self.level(acr)
        if level is None:
            return None
        pieces = _counting(level, evidence)
        used: list[Evidence] = []
        valid: dict[int, Evidence] = {}
        for requirement in level.requires:
            latest = self._latest(requirement, pieces, now)
            picked = self._pick(requirement, latest)
            if picked is None:
                return None
            used.extend(picked)
            valid.update((piece.id, piece) for piece in latest)
        return Earned(
            acr=acr,
            amr=self._amr(valid.values()),
            auth_time=math.floor(max(piece.at for piece in used)),
            evidence_ids=tuple(sorted(valid)),
        )

    def defined_by(self, acr: str, evidence: Iterable[Evidence], now: float, fits: Callable[[Evidence], bool]) -> bool:
        """Say whether the defining requirement can be met at `now` with at least one piece of evidence that `fits`."""
        level = self.level(acr)
        if level is None:
            return False
        pieces = _counting(level, evidence)
        methods = {p.method for p in pieces if fits(p) and _within(p, level.defining.max_age, now)}
        latest = self._latest(level.defining, pieces, now)
        return any(methods & {p.method for p in choice} for choice in self._choices(level.defining, latest))

    def missing(self, acr: str, evidence: Iterable[Evidence], now: float) -> tuple[str, ...]:
        """Return what the evidence lacks for the level: `factor` once for each, or methods as `identity|review`.

        Empty exactly when `earn` succeeds; `("acr",)` when nobody knows the level.
        """
        level = self.level(acr)
        if level is None:
            return ("acr",)
        pieces = _counting(level, evidence)
        lacks: list[str] = []
        for requirement in level.requires:
            latest = self._latest(requirement, pieces, now)
            if isinstance(requirement, Factors):
                lacks.extend(["factor"] * (requirement.count - self._most_factors(latest, requirement.count)))
            elif not latest:
                lacks.append("|".join(requirement.methods))
        return tuple(lacks)

    def signed_in(self, acr: str, evidence: Iterable[Evidence], now: float) -> bool:
        """Say whether the latest sign-in (or sign-up) still carries the level, so that a step-up is all it can lack.

        True as well for a level that asks for no factor. Every factor of that sign-in must be within its age: when the
        password has grown too old, asking for the second factor again would not help.
        """
        level = self.level(acr)
        if level is None:
            return False
        ages = [r.max_age for r in level.requires if isinstance(r, Factors)]
        primary = [e for e in evidence if e.purpose in SIGN_IN_PURPOSES and e.method in self.factors]
        if not ages:
            return True
        if not primary:
            return False
        latest_run = max(primary, key=_recency).run_id
        return all(_within(e, min(ages), now) for e in primary if e.run_id == latest_run)

    def _latest(self, requirement: LevelRequirement, pieces: Iterable[Evidence], now: float) -> tuple[Evidence, ...]:
        """Return the newest valid evidence of each method that the requirement looks at."""
        methods = requirement.methods if isinstance(requirement, AnyOf) else self.factors
        latest: dict[str, Evidence] = {}
        for piece in sorted(pieces, key=_recency):
            if piece.method in methods and _within(piece, requirement.max_age, now):
                latest[piece.method] = piece
        return tuple(latest.values())

    def _choices(self, requirement: LevelRequirement, latest: Sequence[Evidence]) -> list[tuple[Evidence, ...]]:
        """Return every way to meet the requirement."""
        if isinstance(requirement, AnyOf):
            return [(piece,) for piece in latest]
        sizes = range(1, min(requirement.count, len(latest)) + 1)
        choices = (c for size in sizes for c in combinations(latest, size) if self._all_differ(c))
        return [c for c in choices if self._suffice(c, requirement.count)]

    def _pick(self, requirement: LevelRequirement, latest: Sequence[Evidence]) -> tuple[Evidence, ...] | None:
        """Return the most recent way to meet the requirement, or None."""
        return max(
            self._choices(requirement, latest),
            key=lambda choice: sorted(map(_recency, choice), reverse=True),
            default=None,
        )

    def _all_differ(self, pieces: Sequence[Evidence]) -> bool:
        return all(self.factors[a.method].differs(self.factors[b.method]) for a, b in combinations(pieces, 2))

    def _suffice(self, choice: Sequence[Evidence], wanted: int) -> bool:
        """Say whether these factors count as enough, and each of them is needed for it."""
        counts = [self.factors[piece.method].counts for piece in choice]
        return sum(counts) >= wanted and all(sum(counts) - one < wanted for one in counts)

    def _most_factors(self, latest: Sequence[Evidence], wanted: int) -> int:
        """Return as how many factors these count at best, `wanted` at most."""
        sizes = range(1, min(wanted, len(latest)) + 1)
        differing = (c for size in sizes for c in combinations(latest, size) if self._all_differ(c))
        return min(wanted, max((sum(self.factors[p.method].counts for p in c) for c in differing), default=0))

    def _amr(self, valid: Iterable[Evidence]) -> tuple[str, ...]:
        pieces = tuple(valid)
        values = {value for piece in pieces for value in piece.amr} & REGISTERED_AMR
        factors = [piece for piece in pieces if piece.method in self.factors]
        if self._most_factors(factors, 2) == 2:
            values.add("mfa")
        return tuple(sorted(values))


def _counting(level: Level, evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Return the evidence whose purpose counts for the level."""
    return tuple(piece for piece in evidence if (piece.purpose == "recovery") == level.recovery)


def _within(piece: Evidence, max_age: float, now: float) -> bool:
    # Written so that a time that is not a number is never within its age.
    return -CLOCK_SKEW <= now - piece.at <= max_age


def _recency(piece: Evidence) -> tuple[float, int]:
    return piece.at, piece.id
