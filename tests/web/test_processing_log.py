"""Looks sent to a Logboek Dataverwerkingen: against a register that takes OTLP, and one that will
not.
"""

import json
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from conftest import make_folder
from support.cast import CAST, reader
from support.families import EL_AMRANI, melding

from amhk.config import read_config
from amhk.desk.cases import reading
from amhk.desk.house.processing_log import send_looks
from amhk.desk.intake import calls
from amhk.errors import ClosedDoor, HouseClosed
from amhk.office import open_office

LDV = """
[ldv]
endpoint = "{address}/v1/traces"
activity = "https://register.voorbeeld.nl/verwerkingen/meldpunt"
"""


class Register(BaseHTTPRequestHandler):
    """Takes lines of processing, or answers as a test wants."""

    taken, status, said = [], 200, {}

    def do_POST(self):
        told = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.status == 200 and not self.said:
            for resource in told["resourceSpans"]:
                for scope in resource["scopeSpans"]:
                    Register.taken += scope["spans"]
        body = json.dumps(self.said).encode()
        self.send_response(self.status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def house(tmp_path):
    Register.taken, Register.status, Register.said = [], 200, {}
    with ThreadingHTTPServer(("127.0.0.1", 0), Register) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        path = make_folder(tmp_path / "m", "meldpunt.sqlite", seated=True)
        ldv = LDV.format(address=f"http://127.0.0.1:{server.server_port}")
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("[procedure]", f"{ldv}\n[procedure]"), encoding="utf-8")
        with closing(open_office(path, proof=False)) as office:
            yield office
        server.shutdown()


def look(office, number, name):
    reading.case_view(office, number, reader(office, name), looked="zaak")


def told(span):
    return {a["key"]: a["value"]["stringValue"] for a in span["attributes"]}


def test_each_look_is_a_line_for_each_betrokkene_and_names_nobody(house):
    number = calls.take_call(house, melding(EL_AMRANI), reader(house, "Tom"))
    for name in ("Tom", "Anna"):
        look(house, number, name)
    assert send_looks(house) == 6
    subjects = {told(span)["dpl.core.data_subject_id"] for span in Register.taken}
    traces = {span["traceId"] for span in Register.taken}
    assert (len(subjects), len(traces)) == (3, 2), "three people, two looks"
    assert len({span["spanId"] for span in Register.taken}) == 6
    activity = "https://register.voorbeeld.nl/verwerkingen/meldpunt"
    assert {told(s)["dpl.core.processing_activity_id"] for s in Register.taken} == {activity}
    sent = json.dumps(Register.taken)
    assert not [name for name in CAST if name in sent]
    assert not [p["naam"] for p in EL_AMRANI if p["naam"] in sent] and number not in sent


def test_what_was_taken_is_not_sent_again_and_what_was_not_waits(house):
    number = calls.take_call(house, melding(EL_AMRANI[:1]), reader(house, "Tom"))
    look(house, number, "Tom")
    for status, said in ((503, {}), (302, {}), (200, {"partialSuccess": {"rejectedSpans": 1}})):
        Register.status, Register.said = status, said
        with pytest.raises(HouseClosed):
            send_looks(house)
    Register.status, Register.said = 200, {}
    assert send_looks(house) == 1
    assert send_looks(house) == 0
    look(house, number, "Tom")
    assert send_looks(house) == 1 and len(Register.taken) == 2


def test_where_none_is_set_it_says_so(sqlite_office):
    with pytest.raises(ClosedDoor, match="geen logboek ingesteld"):
        send_looks(sqlite_office)


def test_wrong_settings_of_it_are_said(tmp_path):
    path = make_folder(tmp_path / "m", "meldpunt.sqlite")
    wrong = '[ldv]\nendpoint = "http://elders/v1"\nactivity = ""\n'
    path.write_text(path.read_text().replace("[procedure]", f"{wrong}[procedure]"))
    with pytest.raises(HouseClosed) as said:
        read_config(path)
    assert "ldv.endpoint" in str(said.value) and "ldv.activity" in str(said.value)
