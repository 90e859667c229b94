"""What the provider is set up with: signing keys, levels and themes."""

from idp.application.audit import note
from idp.errors import NotFound
from idp.oidc.levels import AnyOf, LevelRequirement
from idp.records.tokens import SigningKey
from idp.themes.document import Theme, ThemeFault, parse_theme
from idp.themes.legibility import list_contrasts
from idp.themes.stylesheet import write_stylesheet
from idp.web.admin.calls import Call, Reply
from idp.web.admin.models import setup as models
from idp.web.admin.models.shape import at, at_or_none, plain


def list_keys(call: Call) -> Reply:
    """List signing keys, oldest first."""
    with call.deps.storage.read() as uow:
        return Reply(models.Keys(keys=[_describe_key(one) for one in uow.keys.all()]))


def stage_key(call: Call) -> Reply:
    """Publish the next key."""
    key = call.desk.keys.stage(call.body.alg)
    _note(call, "key.stage", key.kid)
    return Reply(_describe_key(key))


def activate_key(call: Call) -> Reply:
    """Let a staged key sign."""
    kid = call.path["kid"]
    try:
        call.desk.keys.activate(kid)
    except KeyError:
        raise NotFound(f"There is no staged key {kid[:60]!r}.") from None
    _note(call, "key.activate", kid)
    return list_keys(call)


def list_levels(call: Call) -> Reply:
    """List the levels, lowest first."""
    with call.deps.storage.read() as uow:
        levels = call.deps.flows.inventory.levels(uow)
    return Reply(
        models.LevelList(
            levels=[
                models.Level(
                    acr=one.acr,
                    aliases=list(one.aliases),
                    requires=[_describe_requirement(item) for item in one.requires],
                    step_up=one.step_up,
                    recovery=one.recovery,
                )
                for one in levels.levels
            ],
            factors=[
                models.Factor(method=name, kind=one.kind, channel=one.channel, counts=one.counts)
                for name, one in levels.factors.items()
            ],
            base_age=levels.base_age,
        )
    )


def list_themes(call: Call) -> Reply:
    """List the themes."""
    dresses = [call.desk.themes.dress(name) for name in sorted(call.desk.themes.ids)]
    return Reply(
        models.Themes(
            themes=[
                models.Theme(
                    id=one.theme.id,
                    name=one.theme.name,
                    tokens=dict(one.theme.tokens),
                    links=dict(one.theme.links),
                    css_url=one.css_url,
                    logo_url=one.logo_url,
                    contrasts=_list_contrasts(one.theme),
                )
                for one in dresses
            ]
        )
    )


def check_theme(call: Call) -> Reply:
    """Check a theme as its file would be."""
    translation = call.desk.translation
    try:
        theme = parse_theme(call.body.document, sentences=translation.sentences, languages=translation.tags)
    except ThemeFault as fault:
        contrasts = _list_contrasts(Theme("checked"))
        return Reply(models.ThemeChecked(faults=list(fault.faults), css=None, contrasts=contrasts))
    return Reply(models.ThemeChecked(faults=[], css=write_stylesheet(theme), contrasts=_list_contrasts(theme)))


def _list_contrasts(theme: Theme) -> list[models.Contrast]:
    return [
        models.Contrast(front=one.front, ground=one.ground, light=one.light, dark=one.dark, needed=one.needed)
        for one in list_contrasts(theme.tokens)
    ]


def _describe_requirement(item: LevelRequirement) -> models.LevelRequirement:
    if isinstance(item, AnyOf):
        return models.LevelRequirement(methods=list(item.methods), factors=None, max_age=item.max_age)
    return models.LevelRequirement(methods=[], factors=item.count, max_age=item.max_age)


def _describe_key(key: SigningKey) -> models.Key:
    return models.Key(
        kid=key.kid,
        alg=key.alg,
        status=key.status,
        created_at=at(key.created_at),
        retired_at=at_or_none(key.retired_at),
        jwk=plain(key.public_jwk),
    )


def _note(call: Call, action: str, kid: str) -> None:
    change = call.change(action)
    with call.deps.storage.write() as uow:
        note(call.deps, uow, action, "done", actor=change.actor, trace=change.trace, data={"kid": kid})
