"""People and actions in a dry run: they answer by script, or else by the facts about the imagined person."""

from dataclasses import replace

from idp.flows.events import ActionDone, RunAction, ShowScreen, Submitted
from idp.flows.language import STEP_UP
from idp.flows.methods import ACCOUNT
from idp.flows.ready_made import CONNECTION
from idp.flows.stage import USER, Reply, Stage
from idp.flows.step_types import ActionType

#: What is typed into a field when nobody says what. Conditions may read it; nothing else does.
TYPED = "..."


def answer_screen(stage: Stage, effect: ShowScreen) -> Reply | None:
    """Answer a page as somebody who wants to get on, unless told otherwise. Raises RefusedEvent."""
    screen = stage.catalog.screens.get(effect.screen)
    known = (screen.submit, *screen.outcomes) if screen is not None else effect.outcomes
    assumed = next((outcome for outcome in known if outcome in effect.outcomes), "")
    script, by = stage.choose(effect.step, "screen", effect.screen, assumed)
    if script is None:
        return None
    stage.check_exit(effect.step, script.word)
    if screen is not None and screen.waits and script.word == screen.outcomes[0] and not script.takes:
        stage.wait(60.0 * int(effect.options.get("minutes", 0)))
    plain: dict[str, str] = {}
    if screen is not None and script.word == screen.submit:
        fields = screen.list_fields(effect.options)
        typed = {item.name: stage.person.email if item.type == "email" else TYPED for item in fields}
        # What is secret is left out here, whatever a script says.
        plain, _ = screen.split({**typed, **script.fields}, effect.options)
    return Reply(Submitted(effect.step, effect.seq, script.word, plain), script.word, by)


def answer_action(stage: Stage, effect: RunAction) -> Reply | None:
    """Let an action turn out as scripted, else as its hint says, else by its first outcome. Raises RefusedEvent."""
    action = stage.catalog.actions.get(effect.action)
    script, by = stage.choose(effect.step, "action", effect.action, _assume(stage, effect.step, action))
    if script is None:
        return None
    stage.check_exit(effect.step, script.word)
    stage.said[effect.action] = script.word
    if action is not None:
        _settle(stage, effect.step, action, script.word)
    return Reply(ActionDone(effect.step, script.word, script.values, effect.seq), script.word, by)


def _assume(stage: Stage, step: str, action: ActionType | None) -> str:
    exits = stage.list_exits(step)
    if action is not None and action.simulated is not None:
        said = {f"{name}:{outcome}" for name, outcome in stage.said.items()}
        able = {CONNECTION + ability for info in stage.catalog.connections.values() for ability in info.abilities}
        return action.simulated.answer(stage.person.list_facts() | said | able, action.optional.difference(exits))
    return next((outcome for outcome in (action.outcomes if action is not None else exits) if outcome in exits), "")


def _settle(stage: Stage, step: str, action: ActionType, outcome: str) -> None:
    """Note what the action leaves behind, by the catalogue."""
    method = action.proves.get(outcome)
    if (action.sets_user and method is not None) or action.settles.get(outcome) == ACCOUNT:
        stage.run = replace(stage.run, user_id=USER)
    if action.simulated is not None:
        stage.person = stage.person.having(action.simulated.gives.get(outcome, ()))
        stage.sessions_ended |= outcome in action.simulated.ends_sessions
    if method is not None:
        # In a step-up a factor proves the person who is signed in; in a recovery only possession, not who is there.
        if stage.flow.purpose == STEP_UP:
            stage.pin()
        stage.write(method, step, action.amr, stage.now, user_id=stage.run.user_id)
