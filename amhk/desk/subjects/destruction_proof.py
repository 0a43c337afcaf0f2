"""The proof that something was destroyed: counts and hashes, held to the journal."""

from collections.abc import Iterator

from amhk.desk.subjects.destructions import as_told, must_lead, one_seen
from amhk.errors import NotFound
from amhk.letters.report import report_pdf
from amhk.office import Office
from amhk.rules.privacy.secrecy import Reader
from amhk.store.database.engine import Connection
from amhk.store.people import subjects
from amhk.words import day_of, say_instant


def proof(office: Office, key: int, who: Reader) -> bytes:
    """Give the proof of a destruction as PDF (PDF/UA): when, by whom, how much, and the hashes of
    what went; nothing that was destroyed. NotFound until it was carried out.
    """
    must_lead(who)
    with office.store.read() as connection:
        row = one_seen(connection, key, who)
        now = office.now(connection)
    if row["state"] != "done":
        raise NotFound("Deze vernietiging is niet uitgevoerd.")
    record = row["record"] or {"counts": {}, "lines": {}, "letters": [], "files": []}
    sums = [("Wat", "Aantal"), *((name, str(n)) for name, n in record["counts"].items() if n)]
    hashes = [
        *((f"regel {line}", sign) for line, sign in record["lines"].items()),
        *(("brief", sign) for sign in record["letters"]),
        *(("bijlage", sign) for sign in record["files"]),
    ]
    by = row["proposer"] or "niet bekend", row["ender"] or "niet bekend"
    sentences = [
        f"Van zaak {row['number']} zijn {as_told(row, who)['what']} vernietigd op"
        f" {say_instant(row['ended'])}.",
        f"Voorgesteld door {by[0]}, uitgevoerd door {by[1]}.",
        "Hieronder staan alleen hashes (SHA-256): wie de gegevens zelf nog heeft kan ermee nagaan"
        " dat zij het waren; wie ze niet heeft leest er niets uit.",
    ]
    tables = [
        ("Hoeveel", sums[0], sums[1:], ""),
        ("Waarvan", ("Wat", "Hash"), hashes, ""),
    ]
    return report_pdf(
        f"Verklaring van vernietiging {row['id']}",
        office.config.organisation,
        sentences,
        [t for t in tables if t[2]],
        f"{row['number']} · vernietiging {row['id']}",
        office.training,
        day_of(now),
    )


def faults(connection: Connection) -> Iterator[str]:
    """Give, in Dutch, every destruction whose proof is not that of the journal."""
    held = subjects.destructions(connection, None, subjects.DESTRUCTION.c.state == "done")
    for row in held:
        for line, sign in (row["record"] or {"lines": {}})["lines"].items():
            if subjects.commitment(connection, *line.split("/")) != sign:
                yield f"Vernietiging {row['id']}: de verklaring klopt niet met regel {line}."
