"""How long signing in takes while files made to stop the house come in, beside a quiet house.

`.venv/bin/python -m benchmarks.hostile [SECONDS]`.
"""

import io
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from pathlib import Path

import httpx2
import openpyxl

from amhk.config import config_text
from amhk.desk.staff import workers
from amhk.founding import found
from amhk.office import open_office

PORT, PASSWORD = 8477, "paard batterij nietje juist"


def heavy() -> bytes:
    """Give a workbook of some 40 kB that holds more cells than anybody wants to read."""
    plain, told, row = io.BytesIO(), io.BytesIO(), b"<row>" + b"<c><v>1</v></c>" * 15 + b"</row>"
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["id", "ontvangen", "zorgen"])
    book.save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(told, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(
                part, old.read(part).replace(b"</sheetData>", row * 100_000 + b"</sheetData>")
            )
    return told.getvalue()


def sign_ins(seconds: float) -> list[float]:
    """Give how long each of the sign-ins of so many seconds took, one after another."""
    took, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        with httpx2.Client(base_url=f"http://127.0.0.1:{PORT}") as http:
            begun = time.perf_counter()
            assert (
                http.post("/login", data={"name": "Tom", "password": PASSWORD}).status_code == 303
            )
            took.append(time.perf_counter() - begun)
    return took


def send(token: str, content: bytes, stop: threading.Event, answers: list[int]) -> None:
    """Send a file again and again."""
    with httpx2.Client(base_url=f"http://127.0.0.1:{PORT}", timeout=120) as http:
        while not stop.is_set():
            path = "/api/v1/imports?name=zwaar"
            answers.append(
                http.post(
                    path, content=content, headers={"authorization": f"Bearer {token}"}
                ).status_code
            )


def memory(key: int) -> float:
    """Give the memory of a process in MB."""
    told = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{key}/status").read_text())
    return int(told[1]) / 1000 if told else 0


def p95(took: list[float]) -> float:
    """Give the 95th percentile in milliseconds."""
    return 1000 * statistics.quantiles(took, n=20)[-1]


def main(seconds: float) -> None:
    """Measure quiet and beside eight senders in turn, two rounds, and print the ratio."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "m"
        folder.mkdir()
        (folder / "config.toml").write_text(config_text("rotterdam-rijnmond"), encoding="utf-8")
        office = open_office(found(folder, None, True))
        workers.add_worker(
            office, "Tom", "teamleider", team=None, registration=None, password=PASSWORD
        )
        token = workers.make_token(office, "Tom")
        office.close()
        command = [
            sys.executable,
            "-m",
            "amhk",
            "serve",
            "--config",
            str(folder),
            "--port",
            str(PORT),
        ]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            time.sleep(8)
            content, quiet, beside, answers = heavy(), list[float](), list[float](), list[int]()
            before = memory(server.pid)
            for _ in range(2):
                quiet += sign_ins(seconds)
                stop = threading.Event()
                senders = [
                    threading.Thread(target=send, args=(token, content, stop, answers))
                    for _ in range(8)
                ]
                for one in senders:
                    one.start()
                beside += sign_ins(seconds)
                stop.set()
                for one in senders:
                    one.join()
            print(
                f"workbook of {len(content) / 1000:.0f} kB, {len(answers)} sent, answers"
                f" {sorted(set(answers))}"
            )
            print(
                f"sign-in p95: quiet {p95(quiet):.0f} ms, beside eight senders {p95(beside):.0f}"
                f" ms: ratio {p95(beside) / p95(quiet):.2f}"
            )
            print(f"memory of the house: {before:.0f} MB before, {memory(server.pid):.0f} MB after")
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 10)
