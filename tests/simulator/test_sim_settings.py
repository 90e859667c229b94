"""Settings come from `SIM_*` variables and flags; the simulator depends on nothing of the provider but the clock."""

import ast
from pathlib import Path

import pytest

import idp.simulator
from idp.simulator.settings import SimulatorSettings, read_settings


def test_defaults_are_those_of_the_demonstration() -> None:
    settings = read_settings({})
    assert settings == SimulatorSettings()
    assert (settings.api_keys, settings.flow_ids, settings.client_id) == (("demo-incode-key",), ("demo-flow",), "demo")
    assert settings.webhook_url == "http://localhost:8000/connectors/incode/webhook"
    assert settings.webhook_token_url == "http://localhost:8000/connectors/incode/token"
    assert (settings.host, settings.origin) == ("127.0.0.1", "http://localhost:8003")


def test_flags_win_over_variables_and_types_are_kept() -> None:
    environ = {"SIM_PORT": "9000", "SIM_API_KEYS": "a, b,", "SIM_WEBHOOK_TIME_SCALE": "0.01", "SIM_CLIENT_ID": "c"}
    settings = read_settings(environ, ["--port", "9001", "--flow-ids", "x,y"])
    assert (settings.port, settings.api_keys, settings.flow_ids) == (9001, ("a", "b"), ("x", "y"))
    assert (settings.webhook_time_scale, settings.client_id, settings.origin) == (0.01, "c", "http://localhost:9001")
    assert read_settings({"SIM_BASE_URL": "https://sim.example/"}).origin == "https://sim.example"


def test_malformed_values_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        read_settings({"SIM_PORT": "many"})
    with pytest.raises(SystemExit):
        read_settings({}, ["--port", "many"])
    assert "--port" in capsys.readouterr().err


def imports_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


def test_simulator_imports_nothing_of_the_provider_but_the_clock() -> None:
    modules = sorted(Path(idp.simulator.__file__).parent.glob("*.py"))
    assert len(modules) > 20
    for module in modules:
        ours = {name for name in imports_of(module) if name == "idp" or name.startswith("idp.")}
        assert {name for name in ours if not name.startswith("idp.simulator")} <= {"idp.clock"}, module.name
        assert "httpx" not in imports_of(module) or module.name == "delivery.py"
