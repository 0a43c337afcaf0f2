"""demo placeholder."""
def fill(office,year,cases,seed):
    return []
