"""What the run of a term is called in lists: the institution of its referral."""

from sqlalchemy import select

from amhk.store.reads import INSTITUTION, REFERRAL, TERM

# Of each term that is of a referral, the institution by name; NULL of any other.
OF_RUN = (
    select(INSTITUTION.c.name)
    .join(REFERRAL, REFERRAL.c.institution_id == INSTITUTION.c.id)
    .where(REFERRAL.c.case_id == TERM.c.case_id, REFERRAL.c.entry == TERM.c.run)
    .correlate(TERM)
    .scalar_subquery()
    .label("run_to")
)
