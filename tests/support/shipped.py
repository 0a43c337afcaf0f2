"""What comes with the product, as tests read it."""

import tomllib
from dataclasses import replace
from functools import cache

from conftest import ROOT

from amhk import procedure, releases
from amhk.config import read_config
from amhk.rules.procedure.codes import read_codes

PACKS = ROOT / "workflows"
PACK = PACKS / "amhk"
# The values of every code list of the shipped procedure.
CODES = read_codes("", tomllib.loads((PACK / "codelijsten.toml").read_text("utf-8")))[0].values


@cache
def pack_of(name):
    """Give a shipped procedure by name, with today's release of it."""
    release = max(p.name for p in (PACKS / name).iterdir() if releases.is_settled(p))
    config = replace(read_config(ROOT / "config.toml"), pack=name, release=release)
    pack, faults = procedure.read_pack(config)
    assert faults == []
    return pack


def flows():
    """Give today's workflows of every shipped procedure."""
    packs = [pack_of(place.name) for place in sorted(PACKS.iterdir()) if place.is_dir()]
    return [w for p in packs for (_, of), w in p.workflows.items() if of == p.current]


__all__ = ["CODES", "PACK", "PACKS", "flows", "pack_of"]
