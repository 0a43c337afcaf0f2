"""What is installed is what was tested.

The built wheel carries the procedure, letters, pages and seeds, and founds a meldpunt by itself.
"""

import os
import subprocess
import sys
import zipfile

from conftest import ROOT


def test_the_wheel_founds_a_meldpunt_by_itself(tmp_path):
    build = [
        sys.executable,
        "-m",
        "hatchling",
        "build",
        "-t",
        "wheel",
        "-d",
        str(tmp_path / "dist"),
    ]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next((tmp_path / "dist").glob("*.whl"))) as wheel:
        wheel.extractall(tmp_path / "site")
    for path in (
        "shipped/workflows/amhk/2026.1/meldingsroute.toml",
        "shipped/templates/pages/zaak.html",
        "shipped/config.toml",
        "web/static/app.css",
    ):
        assert (tmp_path / "site" / "amhk" / path).is_file(), path
    env = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    for words in (
        ["init", "m", "--region", "zuid-holland-zuid", "--training"],
        ["check", "--config", "m/config.toml"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "amhk", *words],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    found = "import amhk, sys; sys.exit(not amhk.__file__.startswith(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", found, str(tmp_path)], cwd=tmp_path, env=env, check=True)
