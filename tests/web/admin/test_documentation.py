"""The examples of docs/admin-api.md work as they stand there."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from idp.application.admin.callers import name_audience
from idp.application.admin.permissions import OF_ROLE, PERMISSIONS
from idp.web.admin.problem_kinds import KINDS
from tests.journeys.live import serve_live
from tests.journeys.world import CONFIG

PAGE = (Path(__file__).parents[3] / "docs" / "admin-api.md").read_text(encoding="utf-8")


def test_every_problem_and_every_role_is_described() -> None:
    described = re.findall(r"^\| `([a-z-]+)` \| (\d+) \|", PAGE, re.MULTILINE)

    assert {name: int(status) for name, status in described} == {name: kind.status for name, kind in KINDS.items()}
    assert set(OF_ROLE) <= set(re.findall(r"^\| `([a-z]+)` \| ", PAGE, re.MULTILINE))
    for role, held in OF_ROLE.items():
        assert held <= set(PERMISSIONS), role


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_commands_of_the_page_publish_a_flow(tmp_path: Path) -> None:
    secret = "a-secret-of-at-least-thirty-two-characters"
    client = dict(YAML(typ="safe").load(re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0]))
    text = (CONFIG / "flows" / "step-up.yaml").read_text(encoding="utf-8")
    folder = tmp_path / "scripts"
    folder.mkdir()
    (folder / "step-up.yaml").write_text(text.replace("title: Confirm", "title: Please confirm"), encoding="utf-8")
    commands = "\n".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL))

    with serve_live(tmp_path / "provider") as live:
        live.add_client(client | {"client_secret": secret, "idp_policy": {"audience": name_audience(live.issuer)}})
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            cwd=folder,
            env={**os.environ, "ISSUER": live.issuer, "PIPELINE_SECRET": secret},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert done.returncode == 0, done.stderr
    flows, published = (json.loads(part) for part in re.sub(r"\}\s*\{", "}\n\0{", done.stdout).split("\0"))
    assert {one["id"] for one in flows["items"]} >= {"sign-in", "step-up"}
    assert published["created"]
    assert published["release"]["actor"] == "client pipeline"
