"""Which handler serves which operation. A test insists that none is missing."""

from collections.abc import Mapping
from typing import Final

from idp.web.admin.calls import Handler
from idp.web.admin.handlers import connections, diffs, drafts, flows, me, previews, releases, steps, trials

HANDLERS: Final[Mapping[str, Handler]] = {
    "getMe": me.get_me,
    "listStepTypes": steps.list_step_types,
    "listExpressionVariables": steps.list_expression_variables,
    "listFlows": flows.list_flows,
    "getFlow": flows.get_flow,
    "listFlowVersions": flows.list_versions,
    "getFlowVersion": flows.get_version,
    "diffFlow": diffs.diff_flow,
    "getDraft": drafts.get_draft,
    "putDraft": drafts.put_draft,
    "discardDraft": drafts.discard_draft,
    "publishDraft": releases.publish_draft,
    "rollBackFlow": releases.roll_back,
    "rollOutFlow": releases.roll_out,
    "listFlowUses": flows.list_uses,
    "getFlowStats": flows.get_stats,
    "checkFlow": trials.check_flow,
    "runFlowDry": trials.run_flow_dry,
    "testFlow": trials.test_flow,
    "listFlowTemplates": trials.list_templates,
    "previewScreen": previews.preview_screen,
    "listConnectionTypes": connections.list_types,
    "listConnections": connections.list_connections,
    "createConnection": connections.create_connection,
    "getConnection": connections.get_connection,
    "putConnection": connections.put_connection,
    "deleteConnection": connections.delete_connection,
    "testConnection": connections.test_connection,
}
