"""The container files: what they name exists, nothing floats, nothing runs as root."""

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from idp.demo.settings import DemoSettings
from idp.settings import Settings
from idp.settings import read_settings as read_provider_settings
from idp.simulator.settings import SimulatorSettings

ROOT = Path(__file__).parent.parent
COMPOSE: dict[str, Any] = YAML(typ="safe", pure=True).load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
ENV_EXAMPLE = dict(
    line.partition("=")[::2]
    for line in (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
)
KNOWN = {
    "IDP_": {name.upper() for name in Settings.model_fields} | {"CONFIG_FILE"},
    "DEMO_": {field.name.upper() for field in dataclasses.fields(DemoSettings)},
    "SIM_": {field.name.upper() for field in dataclasses.fields(SimulatorSettings)},
}
#: What another program in the file knows: PostgreSQL's image, and the references of config/connections.
FOREIGN = re.compile(r"(POSTGRES|INCODE)_[A-Z_]+")
REFERENCE = re.compile(r"\$\{([A-Z_]+)(?::\?[^}]*)?\}")


def fill(value: str) -> str:
    return REFERENCE.sub(lambda found: ENV_EXAMPLE[found[1]], value)


def environment_of(service: str) -> dict[str, str]:
    return {name: fill(str(value)) for name, value in SERVICES[service].get("environment", {}).items()}


def unknown_names(names: list[str]) -> list[str]:
    unknown = []
    for name in names:
        prefix = next((prefix for prefix in KNOWN if name.startswith(prefix)), None)
        known = prefix is not None and name.removeprefix(prefix).removesuffix("_FILE") in KNOWN[prefix]
        if not known and not FOREIGN.fullmatch(name):
            unknown.append(name)
    return unknown


def instructions(word: str) -> list[str]:
    return re.findall(rf"^{word} +(.*)$", DOCKERFILE, re.MULTILINE)


@pytest.mark.parametrize("service", SERVICES)
def test_every_variable_is_a_setting(service: str) -> None:
    assert unknown_names(list(environment_of(service))) == []


def test_a_misspelt_variable_would_be_found() -> None:
    assert unknown_names(["IDP_ISUER", "DEMO_BANK", "SIM_PORTS", "PORT"]) == [
        "IDP_ISUER",
        "DEMO_BANK",
        "SIM_PORTS",
        "PORT",
    ]


def test_the_dockerfile_sets_known_variables_only() -> None:
    names = [name for line in instructions("ENV") for name in re.findall(r"\b([A-Z_]+)=", line)]

    assert unknown_names([name for name in names if name.startswith(("IDP_", "DEMO_", "SIM_"))]) == []
    assert "IDP_CONFIG_DIR" in names


def test_every_reference_is_in_the_example_and_the_other_way_round() -> None:
    used = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))

    assert used == set(ENV_EXAMPLE)


def test_the_connections_references_are_given() -> None:
    text = "".join(path.read_text() for path in sorted((ROOT / "config").rglob("*.yaml")))
    needed = set(re.findall(r"\$\{env:([A-Z_]+)\}", text))

    assert needed <= set(environment_of("idp"))
    assert needed <= set(environment_of("setup"))


@pytest.mark.parametrize("service", ["idp", "setup"])
def test_the_provider_accepts_its_settings(service: str) -> None:
    environ = {name: value for name, value in environment_of(service).items() if name.startswith("IDP_")}

    settings = read_provider_settings(environ)

    assert settings.issuer == "http://localhost:8000"
    assert settings.url.startswith("postgresql://")
    assert settings.host == "0.0.0.0"  # noqa: S104  # inside a container, behind a port published on loopback


def test_ports_are_on_loopback_and_are_those_that_the_parts_listen_on() -> None:
    published = {}
    for name, service in SERVICES.items():
        for port in service.get("ports", ()):
            address, outside, inside = str(port).split(":")
            assert address == "127.0.0.1", name
            published[int(outside)] = int(inside)
    demo, simulator = environment_of("bank"), environment_of("simulator")
    listening = {
        int(environment_of("idp")["IDP_PORT"]),
        *(int(demo[f"DEMO_{part}_PORT"]) for part in ("BANK", "API", "MAILBOX")),
        int(simulator["SIM_PORT"]),
    }

    assert set(published.values()) == listening
    assert all(outside == inside for outside, inside in published.items())


def test_both_sides_of_a_connection_agree() -> None:
    idp, bank, simulator = environment_of("idp"), environment_of("bank"), environment_of("simulator")

    assert idp["IDP_ISSUER"] == bank["DEMO_ISSUER"]
    assert idp["DEMO_BANK_SECRET"] == bank["DEMO_BANK_SECRET"]
    assert idp["DEMO_BANK_URL"] == bank["DEMO_BANK_URL"]
    assert idp["IDP_SMTP_PORT"] == bank["DEMO_SMTP_PORT"]
    assert idp["INCODE_API_URL"] == simulator["SIM_BASE_URL"]
    assert idp["INCODE_API_KEY"] in simulator["SIM_API_KEYS"].split(",")
    assert idp["INCODE_FLOW_ID"] in simulator["SIM_FLOW_IDS"].split(",")
    assert idp["INCODE_WEBHOOK_SECRET"] == simulator["SIM_WEBHOOK_CLIENT_SECRET"]
    assert simulator["SIM_WEBHOOK_URL"] == f"{idp['IDP_ISSUER']}/connectors/incode_verify/webhook"
    assert simulator["SIM_WEBHOOK_TOKEN_URL"] == f"{idp['IDP_ISSUER']}/connectors/incode_verify/token"
    assert idp["INCODE_API_URL"].removeprefix("http://") in idp["IDP_EGRESS_HOSTS"].split(",")


def test_images_have_a_version() -> None:
    images = [service["image"] for service in SERVICES.values()]
    images += [line.split()[0] for line in instructions("FROM")]

    for image in images:
        name, colon, tag = image.partition(":")
        assert colon, image
        assert tag, image
        assert tag != "latest"
        assert "/" not in name, "a registry is the operator's choice"


@pytest.mark.parametrize("service", sorted(set(SERVICES) - {"setup"}))
def test_every_lasting_service_has_a_health_check(service: str) -> None:
    check = SERVICES[service]["healthcheck"]

    assert check["test"][0] == "CMD"
    assert {"interval", "timeout", "retries"} <= set(check)


def test_who_waits_waits_for_a_condition_that_can_come_true() -> None:
    for name, service in SERVICES.items():
        for other, wait in service.get("depends_on", {}).items():
            lasting = "disable" not in SERVICES[other]["healthcheck"]
            expected = "service_healthy" if lasting else "service_completed_successfully"
            assert wait["condition"] == expected, name


def test_commands_are_modules_that_exist() -> None:
    started = set()
    for service in SERVICES.values():
        words = service.get("entrypoint", [])
        if words[1:2] == ["-m"]:
            started.add(words[2])
    for module in started:
        assert (ROOT / "src" / module.replace(".", "/") / "__main__.py").is_file(), module
    assert started == {"idp.demo.bank", "idp.demo.api", "idp.demo.mailbox", "idp.simulator"}


def test_the_image_does_not_run_as_root() -> None:
    assert instructions("USER")[-1] == "10001:10001"
    stages = [match.start() for match in re.finditer("^FROM ", DOCKERFILE, re.MULTILINE)]
    assert DOCKERFILE.index("\nUSER ") > stages[-1]
    assert not any(str(service.get("user", "10001")).startswith(("0", "root")) for service in SERVICES.values())
    assert all(not service.get("privileged") for service in SERVICES.values())


def test_dependencies_are_installed_by_hash_only() -> None:
    installs = [line for line in instructions("RUN") if "pip install" in line]

    assert installs
    assert all("--require-hashes" in line and "requirements/" not in line for line in installs)
    assert "://" not in "".join(installs)


def test_every_copied_source_exists_and_is_not_ignored() -> None:
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    sources = [word for line in instructions("COPY") if "--from" not in line for word in line.split()[:-1]]

    assert sources
    for source in sources:
        assert (ROOT / source).exists(), source
        assert source in kept, source


def test_the_health_check_asks_whether_the_provider_is_ready() -> None:
    assert "/app/healthcheck.py" in instructions("HEALTHCHECK")[0]
    assert "/readyz" in (ROOT / "docker" / "healthcheck.py").read_text()
