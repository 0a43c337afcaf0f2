"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "counters",
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", "year"),
    )
    op.create_table(
        "dossiers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("opened", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "institutions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("scale", sa.String(), nullable=False),
        sa.Column("gemeenten", sa.JSON(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "teams",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "workers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("registration", sa.String(), nullable=True),
        sa.Column("password", sa.String(), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("token", sa.String(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
        sa.UniqueConstraint("token"),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("workflow", sa.String(), nullable=False),
        sa.Column("release", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("finish", sa.Integer(), nullable=True),
        sa.Column("finishes", sa.JSON(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("closed_at", sa.String(27), nullable=True),
        sa.Column("ending", sa.String(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("gemeente", sa.String(), nullable=False),
        sa.Column("kanaal", sa.String(), nullable=False),
        sa.Column("hoedanigheid", sa.String(), nullable=False),
        sa.Column("meldcodestap", sa.String(), nullable=True),
        sa.Column("aanleiding", sa.JSON(), nullable=False),
        sa.Column("aard", sa.JSON(), nullable=False),
        sa.Column("zorgen", sa.String(), nullable=False),
        sa.Column("kenmerk", sa.String(), nullable=True),
        sa.Column("acuut", sa.Boolean(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("received", sa.String(27), nullable=False),
        sa.Column("registered", sa.String(27), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("team_reason", sa.String(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("taken_by", sa.Integer(), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=True),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(), nullable=False),
        sa.CheckConstraint("route IN ('advies', 'melding')"),
        sa.ForeignKeyConstraint(["opened_by"], ["workers.id"]),
        sa.ForeignKeyConstraint(["owner_id"], ["workers.id"]),
        sa.ForeignKeyConstraint(["taken_by"], ["workers.id"]),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("id", "route"),
        sa.UniqueConstraint("number"),
    )
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.create_index("cases_by_received", ["received", "id"], unique=False)
        batch_op.create_index("cases_by_team", ["team_id", "closed", "received"], unique=False)
        batch_op.create_index(batch_op.f("ix_cases_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("worker_id", "key"),
    )
    op.create_table(
        "sessions",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("csrf", sa.String(), nullable=False),
        sa.Column("until", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"]),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_table(
        "adviezen",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("advies", sa.String(), nullable=True),
        sa.Column("adviesvrager_naam", sa.String(), nullable=True),
        sa.Column("adviesvrager_bereikbaar", sa.String(), nullable=True),
        sa.CheckConstraint("route = 'advies'"),
        sa.ForeignKeyConstraint(["case_id", "route"], ["cases.id", "cases.route"]),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_table(
        "checks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("moment", sa.String(27), nullable=False),
        sa.Column("gevraagd_aan", sa.String(), nullable=True),
        sa.Column("hulp_gestart", sa.Date(), nullable=True),
        sa.Column("passend", sa.String(), nullable=False),
        sa.Column("nu_veilig", sa.String(), nullable=False),
        sa.Column("hulp_geeindigd", sa.Date(), nullable=True),
        sa.Column("doelrealisatie", sa.JSON(), nullable=False),
        sa.Column("reden_einde", sa.String(), nullable=True),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("checks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_checks_case_id"), ["case_id"], unique=False)

    op.create_table(
        "finishes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("finish", sa.Integer(), nullable=False),
        sa.Column("moment", sa.String(27), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("finishes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_finishes_case_id"), ["case_id"], unique=False)

    op.create_table(
        "journal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("instant", sa.String(27), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=True),
        sa.Column("salt", sa.String(), nullable=True),
        sa.Column("commitment", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id", "sequence"),
    )
    op.create_table(
        "looks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instant", sa.String(27), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("looks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_looks_case_id"), ["case_id"], unique=False)

    op.create_table(
        "meldingen",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=True),
        sa.Column("melder_naam", sa.String(), nullable=True),
        sa.Column("melder_bereikbaar", sa.String(), nullable=True),
        sa.Column("melder_geheim", sa.Boolean(), nullable=False),
        sa.CheckConstraint("route = 'melding'"),
        sa.ForeignKeyConstraint(["case_id", "route"], ["cases.id", "cases.route"]),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"]),
        sa.PrimaryKeyConstraint("case_id"),
    )
    with op.batch_alter_table("meldingen", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meldingen_dossier_id"), ["dossier_id"], unique=False)

    op.create_table(
        "referrals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("moment", sa.String(27), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("answered", sa.String(27), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.ForeignKeyConstraint(["institution_id"], ["institutions.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("referrals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_referrals_case_id"), ["case_id"], unique=False)

    op.create_table(
        "relations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.ForeignKeyConstraint(["other_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id", "kind", "other_id"),
    )
    with op.batch_alter_table("relations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_relations_case_id"), ["case_id"], unique=False)

    op.create_table(
        "contacts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("moment", sa.String(27), nullable=False),
        sa.Column("verslag", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["adviezen.case_id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contacts_case_id"), ["case_id"], unique=False)

    op.create_table(
        "findings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("moment", sa.String(27), nullable=False),
        sa.Column("bron", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["meldingen.case_id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("findings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_findings_case_id"), ["case_id"], unique=False)

    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("naam", sa.String(), nullable=False),
        sa.Column("zoeknaam", sa.String(), nullable=False),
        sa.Column("geboren", sa.String(), nullable=True),
        sa.Column("geslacht", sa.String(), nullable=True),
        sa.Column("rollen", sa.JSON(), nullable=False),
        sa.Column("betrokken_als", sa.JSON(), nullable=False),
        sa.Column("adres", sa.String(), nullable=True),
        sa.Column("geheim_adres", sa.Boolean(), nullable=False),
        sa.Column("bsn", sa.String(), nullable=True),
        sa.Column("gezag", sa.Boolean(), nullable=True),
        sa.Column("recorded", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["meldingen.case_id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_bsn"), ["bsn"], unique=False)
        batch_op.create_index(batch_op.f("ix_people_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_people_zoeknaam"), ["zoeknaam"], unique=False)

    op.create_table(
        "terms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("start", sa.String(27), nullable=False),
        sa.Column("due", sa.String(), nullable=False),
        sa.Column("unrolled", sa.String(), nullable=False),
        sa.Column("chosen", sa.Date(), nullable=True),
        sa.Column("over_at", sa.String(27), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("ended_at", sa.String(27), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("start_entry", sa.Integer(), nullable=False),
        sa.Column("end_entry", sa.Integer(), nullable=True),
        sa.Column("for_id", sa.Integer(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("ring_at", sa.String(27), nullable=True),
        sa.Column("suspended_at", sa.String(27), nullable=True),
        sa.Column("extensions", sa.JSON(), nullable=False),
        sa.CheckConstraint("status IN ('running', 'suspended', 'met', 'void')"),
        sa.ForeignKeyConstraint(["about_id"], ["cases.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.ForeignKeyConstraint(["for_id"], ["terms.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("terms", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_terms_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            "terms_running",
            ["over_at", "case_id"],
            unique=False,
            sqlite_where=sa.text("status = 'running'"),
            postgresql_where=sa.text("status = 'running'"),
        )
        batch_op.create_index(
            "terms_to_ring",
            ["ring_at"],
            unique=False,
            sqlite_where=sa.text("ring_at IS NOT NULL"),
            postgresql_where=sa.text("ring_at IS NOT NULL"),
        )

    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("obligatory", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("term_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("html", sa.String(), nullable=True),
        sa.Column("pdf", sa.LargeBinary(), nullable=True),
        sa.Column("hash", sa.String(), nullable=True),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("approved_at", sa.String(27), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("way", sa.String(), nullable=True),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("ground", sa.String(), nullable=True),
        sa.Column("old_fact", sa.Boolean(), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'approved', 'sent', 'withheld', 'void')"),
        sa.ForeignKeyConstraint(["about_id"], ["cases.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.ForeignKeyConstraint(["institution_id"], ["institutions.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"]),
        sa.ForeignKeyConstraint(["term_id"], ["terms.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notices_case_id"), ["case_id"], unique=False)

    op.create_table(
        "reminders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("term_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("fell_due", sa.String(27), nullable=False),
        sa.Column("rung_at", sa.String(27), nullable=False),
        sa.Column("receivers", sa.JSON(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("seen", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"]),
        sa.ForeignKeyConstraint(["term_id"], ["terms.id"]),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("term_id", "round", "rung"),
    )
    with op.batch_alter_table("reminders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reminders_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reminders_team_id"), ["team_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reminders_worker_id"), ["worker_id"], unique=False)
