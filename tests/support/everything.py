"""A house with a bit of everything: cases, letters in every stand, forms, figures, concepts."""

from datetime import timedelta
from io import BytesIO

from sqlalchemy import update

from amhk.desk.casefile.open_case import open_case
from amhk.desk.cases import assignment, attachments, moves, reading
from amhk.desk.figures import kept_reports
from amhk.desk.intake import calls, drafts, import_staging, imports_view
from amhk.desk.letters import dispatch, notices, piles, text_templates
from amhk.desk.matters import matters
from amhk.desk.people import earlier_contacts
from amhk.desk.regions import arrivals
from amhk.desk.subjects import destructions, requests
from amhk.rules.figures.periods import period_of
from amhk.store import reads, writes
from amhk.store.letters import outbox
from amhk.store.people.people import GRANT
from amhk.words import day_of
from support.cast import reader
from support.elsewhere import keys_elsewhere, know_elsewhere, sealed_elsewhere
from support.families import EL_AMRANI, melding


def furnish(office):
    """Let a house have a bit of everything; gives where it is found."""
    tom, anna = reader(office, "Tom"), reader(office, "Anna")
    told = {
        "melder": {"naam": "Politie, basisteam", "bereikbaar": "Doelwater 5, 3011 AH Rotterdam"}
    }
    number = calls.take_call(
        office,
        melding(EL_AMRANI, gemeente="Schiedam", zorgen="Hij zegt: " + "heel veel " * 40, **told),
        tom,
    )
    referred = calls.take_call(office, melding(EL_AMRANI[:1], **told), tom)
    advies = calls.take_call(
        office,
        {
            "route": "advies",
            "kanaal": "telefoon",
            "hoedanigheid": "15",
            "gemeente": "Schiedam",
            "aanleiding": ["08"],
            "zorgen": "Zorg over verzuim.",
            "advies": "Bespreek het.",
        },
        tom,
    )
    for move, told in (
        ("veiligheidsbeoordeling", {"uitkomst": "Onderzoek nodig."}),
        ("onderzoek_besluiten", {}),
        ("onderzoek_afronden", {"uitkomst": ["06"], "conclusie": "Bevestigd."}),
        ("verwijzen", {"instelling": "Wijkteam Schiedam", "motivering": "Er is hulp nodig."}),
        ("verwijzen", {"instelling": "Wijkteam Vlaardingen", "motivering": "Moeder ook."}),
    ):
        moves.make_move(office, referred, move, told, tom, checked=False)
    for safe in ("nee", "ja"):
        with office.store.read() as connection:
            key = reads.case_by_number(connection, referred)["id"]
            one = {"persoon": str(reads.people_of(connection, key)[0]["id"]), "nu_veilig": safe}
        told = {"veiligheid": [one | {"ernst": "acuut", "eerst_nodig": "Een slot op de deur"}]}
        moves.make_move(office, referred, "veiligheid_vastleggen", told, tom, checked=False)
    assignment.assign(office, referred, {"owner": "Anna", "reason": "verdeling"}, tom)
    attachments.add_note(office, number, {"tekst": "Nagebeld."}, tom)
    mark = "a" * 32
    drafts.save(
        office,
        mark,
        {"zorgen": ["Halverwege."], "route": ["advies"]},
        anna,
        office.now(office.store.engine.connect()),
    )
    file = import_staging.stage(
        office,
        BytesIO(b'{"schema": "formulier/1", "formulieren": [{"id": "Z1", "gemeente": "Nergens"}]}'),
        "zorg.json",
        "formulier/1",
        tom,
    )
    form = imports_view.view(office, file, tom)["forms"][0]["id"]
    view = reading.case_view(office, number, tom)
    letters = in_the_post(office, referred, number, tom)
    bea, letter = reader(office, "Bea"), "terugkoppeling_melder"
    text = text_templates.view(office, letter, bea)["text"].replace("# ", "# Nieuw: ", 1)
    text_templates.propose(office, letter, text, bea)
    earlier_contacts.earlier(office, {"route": "melding", "betrokkenen": EL_AMRANI}, anna)
    return {
        "melding": number,
        "referred": referred,
        "advies": advies,
        "mark": mark,
        "file": file,
        "form": form,
        "term": view["terms"][0]["id"],
        "leave": opened(office, number),
        **between_meldpunten(office, number, tom),
        **of_betrokkenen(office, number, tom),
        **letters,
        **figures_of(office),
    }


def between_meldpunten(office, number, tom):
    """A case that was offered to another meldpunt, and a dossier that came from it."""
    with keys_elsewhere() as keys:
        know_elsewhere(office, keys)
        arrived = arrivals.bring(office, sealed_elsewhere(office, number, keys), tom)
    offered = calls.take_call(office, melding([]), tom)
    told = {"naar": "Veilig Thuis Utrecht", "reden": "Verhuisd."}
    moves.make_move(office, offered, "regio_aanbieden", told, tom, checked=False)
    told = {"kind": "klacht", "received": "2026-02-02", "about": "Men belde niet terug."}
    matter = matters.register(office, told, tom)
    return {"offered": offered, "arrived": arrived, "matter": matter}


def of_betrokkenen(office, number, tom):
    """A request of a betrokkene, and a destruction he asked for that waits for somebody else."""
    with office.store.read() as connection:
        case = reads.case_by_number(connection, number)
        person = str(reads.people_of(connection, case["id"])[0]["id"])
    asked = {"person": person, "by": "zelf", "received": "2026-02-02", "identity": "paspoort"}
    for kind in ("inzage", "vernietiging"):
        requests.register(office, number, {**asked, "kind": kind}, tom)
    (request, _) = (r["id"] for r in requests.view(office, number, tom)["requests"])
    told = {"person": person, "request": str(request), "reason": "Op verzoek."}
    destructions.propose(office, number, told, tom)
    (waits,) = destructions.overview(office, tom)["proposed"]
    return {"person": int(person), "request": request, "destruction": waits["id"]}


def opened(office, number):
    """Leave that was given to open a case, and waits to be judged."""
    with office.store.write() as connection:
        file = open_case(office, connection, number, reader(office, "Tom"))
        case = file.case
        today = day_of(office.now(connection))
        row = {
            "worker_id": reads.worker_by(connection, name="Carla")["id"],
            "case_id": case["id"],
            "given": case["registered"],
            "until": case["registered"],
            "reason": "Nieuwe melding over het gezin.",
            "due": today,
        }
        key = writes.add(connection, GRANT, row)
        file.note("inzage", "Ingezien door Carla, die deze zaak niet behandelt, met reden.", {})
        file.save(bump=False)
        return key


def figures_of(office):
    """A kept report, and the days by which figures are asked for."""
    with office.store.read() as connection:
        today = day_of(office.now(connection))
    kept = kept_reports.keep(office, period_of(today, 1).before(), reader(office, "Mia"))
    return {"kept": kept, "year": today.year, "yesterday": today - timedelta(days=1)}


def in_the_post(office, referred, number, tom):
    """Letters in every stand: to be approved, in the tray, on a pile, sent, one with a gap, and one
    that could not go.
    """
    mine = reading.case_view(office, referred, tom)["notices"]
    for n in mine[:-1]:
        notices.approve(office, n["id"], {"version": n["version"]}, tom)
    pile, tray, sent = (n["id"] for n in mine[:3])
    dispatch.queue(office, pile, {"version": 2, "way": "print"}, tom)
    piles.make_pile(office, tom)
    dispatch.queue(office, tray, {"version": 2, "way": "print"}, tom)
    notices.send(office, sent, {"version": 2, "date": "vandaag", "way": "post"}, tom)
    dead = reading.case_view(office, number, tom)["notices"][0]["id"]
    notices.approve(office, dead, {"version": 1}, tom)
    dispatch.queue(office, dead, {"version": 2, "way": "map"}, tom)
    with office.store.write() as connection:
        connection.execute(
            update(outbox.OUT)
            .where(outbox.OUT.c.way == "map")
            .values(state="dead", why="No space left on device", tries=6)
        )
    unknown = calls.take_call(office, melding([{"naam": "onbekend", "rollen": ["ouder"]}]), tom)
    gap = reading.case_view(office, unknown, tom)["notices"][0]["id"]
    return {"letter": mine[-1]["id"], "approved": tray, "sent": sent, "gap": gap}
