"""What comes with the product, as tests read it."""

import tomllib

from conftest import ROOT

from amhk.rules.procedure.codes import read_codes

PACK = ROOT / "workflows" / "amhk"
# The values of every code list of the shipped procedure.
CODES = read_codes("", tomllib.loads((PACK / "codelijsten.toml").read_text("utf-8")))[0].values
