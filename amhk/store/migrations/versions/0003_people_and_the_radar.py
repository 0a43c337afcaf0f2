"""People and the radar."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("mapping", sa.String(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("brought", sa.String(27), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("again", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('reading', 'preview', 'taking', 'done', 'dropped')"),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "forms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("mended", sa.String(), nullable=True),
        sa.Column("kenmerk", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("acuut", sa.Boolean(), nullable=False),
        sa.Column("received", sa.String(27), nullable=True),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("decided", sa.String(27), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("undo", sa.JSON(), nullable=False),
        sa.CheckConstraint("outcome IN ('nieuw', 'hoort_bij', 'geen_hgkm')"),
        sa.CheckConstraint("state IN ('repair', 'ready', 'taken', 'dropped')"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.ForeignKeyConstraint(["decided_by"], ["workers.id"]),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("mark"),
    )
    with op.batch_alter_table("forms", schema=None) as batch_op:
        batch_op.create_index("forms_by_import", ["import_id", "state", "row"], unique=False)
        batch_op.create_index("forms_to_triage", ["state", "outcome"], unique=False)
        batch_op.create_index("forms_by_kenmerk", ["kenmerk"], unique=False)
        batch_op.create_index(batch_op.f("ix_forms_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_forms_mended"), ["mended"], unique=False)

    op.create_table(
        "grants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("given", sa.String(27), nullable=False),
        sa.Column("until", sa.String(27), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grants_case_id"), ["case_id"], unique=False)

    op.create_table(
        "joins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("target_entry", sa.Integer(), nullable=False),
        sa.Column("undone", sa.String(27), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["meldingen.case_id"]),
        sa.ForeignKeyConstraint(["target_id"], ["meldingen.case_id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("joins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_joins_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_joins_target_id"), ["target_id"], unique=False)

    op.create_table(
        "person_keys",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"]),
        sa.PrimaryKeyConstraint("key", "person_id"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("person_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_keys_person_id"), ["person_id"], unique=False)

    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.create_index("cases_by_kenmerk", ["kenmerk"], unique=False)

    with op.batch_alter_table("institutions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("secure_address", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("vervolg", sa.String(), nullable=True))

    with op.batch_alter_table("meldingen", schema=None) as batch_op:
        batch_op.add_column(sa.Column("melder_functie", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("melder_organisatie", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("melder_toestemming", sa.Boolean(), nullable=True))

    with op.batch_alter_table("people", schema=None) as batch_op:
        for name in ("voornamen", "voorvoegsel", "geslachtsnaam", "partnernaam", "bsn_bron"):
            batch_op.add_column(sa.Column(name, sa.String(), nullable=True))
        batch_op.add_column(sa.Column("uitgerekend", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("bsn_gecontroleerd", sa.Date(), nullable=True))
        batch_op.add_column(
            sa.Column("rolperiodes", sa.JSON(), nullable=False, server_default="[]")
        )
        batch_op.add_column(sa.Column("from_id", sa.Integer(), nullable=True))
        batch_op.create_unique_constraint("people_case_id_id_key", ["case_id", "id"])
        batch_op.create_foreign_key("people_from_id_fkey", "cases", ["from_id"], ["id"])

    # A term or letter about a person lies on the case of that person: an advies can therefore never
    # have one (G6).
    _person_of_same_case("notices", "state IN ('draft', 'approved', 'sent', 'withheld', 'void')")
    _person_of_same_case("terms", "status IN ('running', 'suspended', 'met', 'void')")


def _person_of_same_case(table: str, check: str) -> None:
    names = {"fk": "%(table_name)s_%(column_0_name)s_fkey"}
    with op.batch_alter_table(
        table, schema=None, naming_convention=names, table_args=(sa.CheckConstraint(check),)
    ) as batch_op:
        batch_op.drop_constraint(f"{table}_person_id_fkey", type_="foreignkey")
        batch_op.create_foreign_key(
            f"{table}_person", "people", ["case_id", "person_id"], ["case_id", "id"]
        )
