"""A chain built anew, as who knows the program and can write the database could."""

from sqlalchemy import select, update

from amhk.store import reads
from amhk.store.cases import journal


def rebuilt(office):
    """Change what the first line of the first case says, and build its whole chain anew."""
    with office.store.write() as connection:
        case = connection.execute(select(reads.CASE)).mappings().first()
        previous = ""
        asked = select(reads.ENTRY).where(reads.ENTRY.c.case_id == case["id"])
        for line in [
            dict(r) for r in connection.execute(asked.order_by(reads.ENTRY.c.sequence)).mappings()
        ]:
            if line["sequence"] == 1:
                line["content"] = line["content"].replace("zorg", "feest")
                line["commitment"] = journal.commit_to(line["salt"], line["content"])
            line["previous"] = previous
            parts = ("kind", "what", "commitment", "terms", "figures", "held")
            previous = line["hash"] = journal.link(
                previous,
                case["number"],
                line["sequence"],
                line["instant"],
                line["worker_id"],
                **{p: line[p] for p in parts},
            )
            connection.execute(
                update(reads.ENTRY).where(reads.ENTRY.c.id == line["id"]).values(**line)
            )
        connection.execute(
            update(reads.CASE).where(reads.CASE.c.id == case["id"]).values(head=previous)
        )
