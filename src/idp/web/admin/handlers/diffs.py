"""How two texts of a flow differ."""

from typing import Any, Final

from idp.application.comparing import AREAS, Comparison, Text, compare_texts, find_draft_text, find_version
from idp.errors import NotFound
from idp.flows.diff import Difference
from idp.web.admin.calls import Call, Reply
from idp.web.admin.models.flows import FlowChange, FlowDifference
from idp.web.admin.models.shape import plain
from idp.web.edge import number_of

_DRAFT: Final = "draft:"


def diff_flow(call: Call) -> Reply:
    """Compare two versions, or a version and a draft."""
    flow_id = call.path["flow_id"]
    compared = compare_texts(_find(call, flow_id, call.query.from_), _find(call, flow_id, call.query.to))
    return Reply(
        FlowDifference(
            before=compared.before,
            after=compared.after,
            readable=compared.flow is not None,
            changes_runs=bool(compared.embeds) or compared.flow is None or compared.flow.changes_runs,
            changes=_list_changes(compared),
            text_diff="\n".join(compared.lines),
        )
    )


def _find(call: Call, flow_id: str, name: str) -> Text:
    if name.startswith(_DRAFT):
        return find_draft_text(call.deps, flow_id, name.removeprefix(_DRAFT))
    number = number_of(name)
    if number is None:
        raise NotFound(f"{name[:40]!r} is neither the number of a version nor draft:<name>.")
    return find_version(call.deps, flow_id, number)


def _list_changes(compared: Comparison) -> list[FlowChange]:
    found = [
        FlowChange(
            area=area,
            kind=_kind(one.before, one.after),
            place=list(one.place),
            before=plain(one.before),
            after=plain(one.after),
        )
        for area in AREAS
        for one in _differences(compared, area)
    ]
    found.extend(
        FlowChange(area="embeds", kind=_kind(old, new), place=[name], before=old, after=new)
        for name, old, new in compared.embeds
    )
    return found


def _differences(compared: Comparison, area: str) -> tuple[Difference, ...]:
    return getattr(compared.flow, area) if compared.flow is not None else ()


def _kind(before: Any, after: Any) -> Any:
    if before is None:
        return "added"
    return "removed" if after is None else "changed"
