"""A release of the procedure is a promise: it changes under no case, and a new one is two people's.

What lies beside it closes nothing.
"""

import json
import shutil
from dataclasses import replace

import pytest
from conftest import FULL, ROOT, make_folder
from support.cast import Client, change_text, hire, reader
from support.families import melding
from support.server import command

from amhk import releases
from amhk.config import read_config
from amhk.desk.house import new_release, production
from amhk.desk.house.upgrade import upgrade
from amhk.desk.intake import calls
from amhk.desk.letters import text_templates
from amhk.desk.letters.text_templates import letters_now
from amhk.errors import BadInput, HouseClosed, NotAllowed, NotFound
from amhk.office import open_office
from amhk.releases import Release
from amhk.store import reads, writes
from amhk.store.house.house_journal import HOUSE

ADVIES = {
    "route": "advies",
    "kanaal": "telefoon",
    "hoedanigheid": "15",
    "gemeente": "Schiedam",
    "aanleiding": ["08"],
    "zorgen": "stil",
    "advies": "praat",
}
COMMANDS = (
    ["list"],
    ["tick"],
    ["move", "A-2026-000001", "advies_geven", "--json", "-"],
    ["call", "--json", "-"],
    ["worker", "list"],
    ["serve", "--no-demo"],
    ["check"],
)


@pytest.fixture
def folder(tmp_path):
    """A meldpunt in which one case runs."""
    path = make_folder(tmp_path / "m", "meldpunt.sqlite")
    shutil.rmtree(path.parent / "workflows/amhk/2026.1")  # of before: no case of it is here
    office = open_office(path, proof=False)
    hire(office, "Tom", "Anna", "Mia", "Bea")
    calls.take_call(office, ADVIES, reader(office, "Tom"))
    office.close()
    return path


@pytest.fixture
def place(folder):
    return folder.parent / "workflows/amhk/2026.2"


def edit(file, old, new):
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def edited(place):
    """A term of a running release gets another name."""
    edit(place / "adviesroute.toml", "advies_afronden", "advies_klaar")
    return "Uitgave 2026.2 is vastgesteld en verandert niet meer: adviesroute.toml is gewijzigd"


def edited_and_settled_again(place):
    edited(place)
    releases.write(place, Release("2026.2", files=releases.digests(place)))
    return "Uitgave 2026.2 is veranderd, en er zijn zaken in"


def edited_and_no_longer_settled(place):
    edited(place)
    (place / releases.FILE).unlink()
    return "Uitgave 2026.2 is veranderd, en er zijn zaken in"


def a_file_more(place):
    (place / "nog_een.toml").write_text("", encoding="utf-8")
    return "nog_een.toml is erbij gekomen"


def a_file_less(place):
    (place / "meldingsroute.toml").unlink()
    return "meldingsroute.toml is weg"


def lost(place):
    shutil.copytree(place, place.parent / "2026.3")
    for file in (place.parent / "2026.3").glob("*route.toml"):
        edit(file, 'release = "2026.2"', 'release = "2026.3"')
    releases.write(
        place.parent / "2026.3",
        Release("2026.3", files=releases.digests(place.parent / "2026.3")),
    )
    shutil.rmtree(place)
    edit(place.parents[2] / "config.toml", 'release = "2026.2"', 'release = "2026.3"')
    return "Uitgave 2026.2 is weg, en er zijn zaken in"


def copied(place):
    shutil.copytree(place, place.parent / "2026.3")
    return "2026.3/uitgave.toml, release: de map heet '2026.3' en het bestand zegt '2026.2'"


def doubly_named(place):
    shutil.copy(place / "adviesroute.toml", place / "nog_een.toml")
    return "nog_een.toml, name: 'adviesroute' staat ook in"


def garbled(place):
    (place / releases.FILE).write_text("release = [", encoding="utf-8")
    return "2026.2/uitgave.toml is niet te lezen"


def a_letter_edited(place):
    """The release writes it, and it lies beside its folder."""
    edit(place.parents[2] / "templates/notices/verzoek_rvdk.j2", "# ", "# Dringend: ")
    return "templates/notices/verzoek_rvdk.j2 is gewijzigd"


def a_letter_edited_and_settled_again(place):
    a_letter_edited(place)
    told = releases.read(place)
    shared = releases.digests_of(place.parents[2], [place.parents[2] / n for n in told.shared])
    releases.write(place, replace(told, shared=shared))
    return "Uitgave 2026.2 is veranderd, en er zijn zaken in"


def a_letter_gone(place):
    (place.parents[2] / "templates/notices/bericht_college.j2").unlink()
    return "templates/notices/bericht_college.j2 is weg"


WAYS = (
    edited,
    edited_and_settled_again,
    edited_and_no_longer_settled,
    a_file_more,
    a_file_less,
    lost,
    copied,
    doubly_named,
    garbled,
    a_letter_edited,
    a_letter_edited_and_settled_again,
    a_letter_gone,
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_release_that_cases_stand_in_is_refused_by_name_when_it_is_another(folder, place, way):
    words = way(place)
    with pytest.raises(HouseClosed) as wrong:
        open_office(folder, proof=False)
    assert words in wrong.value.text


# Each command with some of the ways, each way with some of the commands; with AMHK_SOAK=full all.
PAIRS = [
    (words, way)
    for n, words in enumerate(COMMANDS)
    for m, way in enumerate(WAYS)
    if FULL or (2 * n + m) % len(WAYS) < 2
]


@pytest.mark.parametrize(
    ("words", "way"), PAIRS, ids=[f"{words[0]}-{way.__name__}" for words, way in PAIRS]
)
def test_every_command_refuses_by_name_and_none_crashes(folder, place, words, way):
    said = way(place)
    done = command(*words, "--config", folder, stdin=json.dumps(ADVIES))
    assert done.returncode == 1
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_copy_without_its_paper_replaces_nothing(folder, place):
    """Whoever copies a folder and forgets a word in it has made a draft that nobody reads."""
    shutil.copytree(place, place.parent / "2026.3")
    (place.parent / "2026.3" / releases.FILE).unlink()
    edit(place.parent / "2026.3/adviesroute.toml", "advies_afronden", "anders")
    office = open_office(folder)
    assert {release for _, release in office.pack.workflows} == {"2026.2"}
    assert "anders" not in office.pack.get("adviesroute").terms
    office.close()


@pytest.mark.parametrize("text", ["dit is geen TOML [", 'release = "x"', ""])
def test_a_draft_beside_it_may_be_as_broken_as_it_likes(folder, place, text):
    for there in (place.parent / "kladje", folder.parent / "ontwerpen/kladje"):
        shutil.copytree(place, there)
        (there / releases.FILE).unlink()
        (there / "adviesroute.toml").write_text(text, encoding="utf-8")
    open_office(folder).close()
    assert command("list", "--config", folder).returncode == 0


def test_before_there_is_a_case_a_release_may_become_another(tmp_path):
    path = make_folder(tmp_path / "m", "meldpunt.sqlite")
    open_office(path, proof=False).close()
    place = path.parent / "workflows/amhk/2026.2"
    edited_and_settled_again(place)
    open_office(path, proof=False).close()


def test_how_lines_end_is_no_change(folder, place):
    for file in place.glob("*route.toml"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    open_office(folder, proof=False).close()


def test_the_release_that_comes_with_the_product_is_settled(pack):
    every = {release for _, release in pack.workflows}
    assert max(every) == pack.current
    for release in every:
        assert releases.unlike(ROOT / "workflows/amhk" / release, ROOT) is None


def test_an_upgrade_settles_what_cases_stand_in(folder, place):
    office = open_office(folder, proof=False)
    with office.store.write() as connection:  # as a house of before releases were settled
        writes.set_meta(connection, "releases", "{}")
    office.close()
    (place / releases.FILE).unlink()
    shutil.copytree(place, place.parent / "kladje")
    upgrade(folder)
    assert releases.unlike(place, place.parents[2]) is None
    assert not releases.is_settled(place.parent / "kladje")
    open_office(folder, proof=False).close()


# --- a new one


@pytest.fixture
def config(folder):
    return read_config(folder)


@pytest.fixture
def office(folder):
    office = open_office(folder, proof=False)
    yield office
    office.close()


def test_a_draft_becomes_a_release_by_two_people_and_new_cases_follow_it(folder, config, office):
    tom, anna = reader(office, "Tom"), reader(office, "Mia")
    there = new_release.draft(office, "2026.3")
    assert new_release.faults_of(config, "2026.3") == []
    edit(there / "adviesroute.toml", 'title = "Adviesroute"', 'title = "Adviesroute, nieuw"')
    assert any("Adviesroute, nieuw" in line for line in new_release.changes_of(config, "2026.3"))
    with pytest.raises(BadInput):
        new_release.approve(office, "2026.3", anna)
    new_release.make(office, "2026.3", tom)
    with pytest.raises(NotAllowed):
        new_release.approve(office, "2026.3", tom)
    with pytest.raises(NotAllowed):
        new_release.approve(office, "2026.3", reader(office, "Anna"))
    new_release.approve(office, "2026.3", anna)
    settled = releases.read(folder.parent / "workflows/amhk/2026.3")
    assert (settled.parent, settled.made_by, settled.approved_by) == ("2026.2", "Tom", "Mia")
    with office.store.read() as connection:
        told = [
            line["what"]
            for line in reads.rows(
                connection, reads.select(HOUSE).where(HOUSE.c.kind == new_release.KIND)
            )
        ]
    assert told == [
        "Uitgave 2026.3 is klaar om te worden goedgekeurd.",
        "Uitgave 2026.3 is vastgesteld.",
    ]
    edit(folder, 'release = "2026.2"', 'release = "2026.3"')
    fresh = open_office(folder)
    number = calls.take_call(fresh, ADVIES, reader(fresh, "Tom"))
    with fresh.store.read() as connection:
        old = reads.case_by_number(connection, "A-2026-000001")
        new = reads.case_by_number(connection, number)
    fresh.close()
    assert (old["release"], new["release"]) == ("2026.2", "2026.3")


def test_letters_lists_and_figures_belong_to_a_release_and_running_cases_keep_theirs(
    folder, config, office
):
    tom, mia = reader(office, "Tom"), reader(office, "Mia")
    there = new_release.draft(office, "2026.3")
    letter = "bevestiging_adviesvrager"
    edit(there / f"brieven/{letter}.j2", "# ", "# Nieuw: ")
    edit(there / "codelijsten.toml", 'titel = "Huisarts', 'titel = "Dokter: huisarts')
    edit(there / "cijfers.toml", 'uitgave = "', 'uitgave = "1.')
    told = "\n".join(new_release.changes_of(config, "2026.3"))
    assert "\n+# Nieuw: " in told
    assert '\n-  { code = "02", titel = "Huisarts' in told
    assert told.count("+++ ") == 5, "three files were changed, and both routes have another name"
    new_release.make(office, "2026.3", tom)
    new_release.approve(office, "2026.3", mia)
    edit(folder, 'release = "2026.2"', 'release = "2026.3"')
    fresh = open_office(folder)
    with fresh.store.read() as connection:
        texts = [
            letters_now(fresh, connection, of).source(letter).startswith("# Nieuw: ")
            for of in ("2026.2", "2026.3")
        ]
    assert texts == [False, True]
    assert [fresh.pack.codes_of(of).title("hoedanigheid", "02")[:6] for of in fresh.pack.lists] == [
        "Huisar",
        "Dokter",
    ]
    assert fresh.pack.figures.release.startswith("1")
    fresh.close()
    edit(folder.parent / f"workflows/amhk/2026.3/brieven/{letter}.j2", "# Nieuw", "# Anders")
    with pytest.raises(HouseClosed, match=f"brieven/{letter}.j2 is gewijzigd"):
        open_office(folder)


def test_a_code_that_cases_have_stays_readable_in_every_next_release(config, office):
    there = new_release.draft(office, "2026.3")
    text = (there / "codelijsten.toml").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if 'titel = "Huisarts' in line)
    edit(there / "codelijsten.toml", line + "\n", "")
    (fault,) = new_release.faults_of(config, "2026.3")
    assert "code '02' van uitgave 2026.2 staat er niet meer in" in fault.text
    assert fault.file == "ontwerpen/2026.3/codelijsten.toml"


def test_a_procedure_has_lists_of_its_own(config, office):
    """In a draft, chosen from by a field; a value outside it is found."""
    there = new_release.draft(office, "2026.3")
    with (there / "codelijsten.toml").open("a", encoding="utf-8") as file:
        file.write(
            '\n[lijsten.kans]\ntitel = "Kans op herhaling"\nbron = "eigen norm"\n'
            'codes = [{ code = "hoog", titel = "Hoog" }, { code = "laag", titel = "Laag" }]\n'
        )
    edit(
        there / "meldingsroute.toml",
        "[fields.motivering]",
        '[fields.kans]\ntitle = "Kans"\ntype = "choice"\nchoices = "kans"\n\n[fields.motivering]',
    )
    assert new_release.faults_of(config, "2026.3") == []
    edit(there / "meldingsroute.toml", 'choices = "kans"', 'choices = "kansen"')
    assert "kansen" in new_release.faults_of(config, "2026.3")[0].text


def shared_fields(there):
    """The fields both routes ask stand once, in a file of their own."""
    own = (there / "adviesroute.toml").read_text(encoding="utf-8")
    i, j = own.index("[fields."), own.index("[terms.")
    (there / "delen").mkdir()
    (there / "delen/advies.toml").write_text(own[i:j], encoding="utf-8")
    text = 'include = ["delen/advies.toml"]\n' + own[:i] + own[j:]
    (there / "adviesroute.toml").write_text(text, encoding="utf-8")
    return there / "delen/advies.toml"


def test_a_workflow_takes_parts_of_itself_from_a_file_of_its_release(folder, config, office):
    there = new_release.draft(office, "2026.3")
    shared_fields(there)
    assert new_release.faults_of(config, "2026.3") == []
    new_release.make(office, "2026.3", reader(office, "Tom"))
    new_release.approve(office, "2026.3", reader(office, "Mia"))
    edit(folder, 'release = "2026.2"', 'release = "2026.3"')
    fresh = open_office(folder)
    flows = [fresh.pack.get("adviesroute", of) for of in ("2026.2", "2026.3")]
    assert flows[0].intake == flows[1].intake and flows[0].moves.keys() == flows[1].moves.keys()
    assert (new_release.draft(fresh, "2026.4") / "delen/advies.toml").is_file()
    fresh.close()
    edit(folder.parent / "workflows/amhk/2026.3/delen/advies.toml", "[fields.", "[fields.x_")
    with pytest.raises(HouseClosed, match=r"delen/advies\.toml is gewijzigd"):
        open_office(folder)


@pytest.mark.parametrize(
    ("old", "new", "said", "file", "line"),
    [
        ('"delen/advies.toml"', '"delen/weg.toml"', "dit bestand is er niet", "adviesroute", 1),
        ('"delen/advies.toml"', '"../../config.toml"', "in haar eigen map", "adviesroute", 1),
        ('["delen/advies.toml"]', '"delen/advies.toml"', "in een lijst", "adviesroute", 1),
        ("[terms.", "[fields.op]\ntitle = 'x'\n[terms.", "'fields.op' staat ook in", "", 1),
    ],
)
def test_what_is_wrong_with_an_included_file_is_said(config, office, old, new, said, file, line):
    there = new_release.draft(office, "2026.3")
    shared_fields(there)
    path = there / "adviesroute.toml"
    path.write_text(path.read_text("utf-8").replace(old, new, 1), encoding="utf-8")
    faults = [new_release.told(config, f) for f in new_release.faults_of(config, "2026.3")]
    assert any(said in f["text"] and f["line"] == line for f in faults), faults
    assert all(file in f["file"] for f in faults if said in f["text"])


def test_a_fault_in_an_included_file_is_told_at_its_own_line(config, office):
    there = new_release.draft(office, "2026.3")
    part = shared_fields(there)
    part.write_text(part.read_text("utf-8") + "\n[fields.mis]\ntype = 'raar'\n", encoding="utf-8")
    (fault,) = (new_release.told(config, f) for f in new_release.faults_of(config, "2026.3"))
    assert fault["file"] == "ontwerpen/2026.3/delen/advies.toml"
    assert part.read_text("utf-8").splitlines()[fault["line"] - 1] == "type = 'raar'"


RECLASSERING = """[recipients.reclassering]
title = "Reclassering"
address = "office"
kind = "reclassering"
office = "Reclassering Nederland"
may = ["strafrechtelijk"]
bars = { verwijzing = "de hulpverlening gaat de reclassering niet aan" }

[notices.bericht_reclassering]
title = "Bericht aan de reclassering"
recipient = "reclassering"

"""


def with_reclassering(office, text="{{ conclusie }}", name="2026.3"):
    """A draft in which what the police hears also goes to the reclassering."""
    there = new_release.draft(office, name)
    file = there / "meldingsroute.toml"
    edit(file, "[notices.verzoek_rvdk]", RECLASSERING + "[notices.verzoek_rvdk]")
    edit(
        file,
        'notices = ["melding_politie"]',
        'notices = ["melding_politie", "bericht_reclassering"]',
    )
    text = f"# Bericht\n\n{text}\n"
    (there / "brieven/bericht_reclassering.j2").write_text(text, encoding="utf-8")
    return there


def test_a_procedure_writes_to_an_organisation_of_its_own_without_a_line_of_code(
    folder, config, office
):
    with_reclassering(office)
    assert new_release.faults_of(config, "2026.3") == []
    new_release.make(office, "2026.3", reader(office, "Tom"))
    new_release.approve(office, "2026.3", reader(office, "Mia"))
    edit(folder, 'release = "2026.2"', 'release = "2026.3"')
    fresh = open_office(folder)
    client = Client(fresh, "Tom")
    client.clock("2027-02-01T09:00")
    number = client.post("/cases", melding())["number"]
    client.move(number, "veiligheidsbeoordeling", uitkomst="Onderzoek nodig.")
    client.move(number, "onderzoek_besluiten")
    client.move(number, "onderzoek_afronden", uitkomst=["06"], conclusie="Bevestigd.")
    case = client.move(number, "melden_politie", motivering="Aangifte.")
    letter = next(n for n in case["notices"] if n["kind"] == "bericht_reclassering")
    told = client.get(f"/notices/{letter['id']}")
    assert told["recipient"] == "reclassering"
    assert "Reclassering Nederland" in told["html"] and "Bevestigd." in told["html"]
    client.post(f"/notices/{letter['id']}/approve", {"version": told["version"]})
    client.post(
        f"/notices/{letter['id']}/send",
        {"version": told["version"] + 1, "date": "2027-02-01", "way": "beveiligde mail"},
    )
    fresh.close()


def test_what_an_organisation_may_see_is_of_each_release(folder, config, office):
    """In the next one it may see less; a case of before is written about as it was."""
    names = ["2026.3", "2026.4"]
    for name in names:
        there = with_reclassering(office, name=name)
        if name == "2026.4":
            edit(there / "meldingsroute.toml", "bars = { ", 'bars = { gezin = "niet nodig", ')
        new_release.make(office, name, reader(office, "Tom"))
        new_release.approve(office, name, reader(office, "Mia"))
    fresh = open_office(folder)
    seen = [fresh.pack.recipient("reclassering", name).bars.keys() for name in names]
    asked = [
        text_templates.view(fresh, "bericht_reclassering", reader(fresh, "Bea"), name)["names"]
        for name in names
    ]
    fresh.close()
    assert ["gezin" in bars for bars in seen] == [False, True]
    assert ["personen" in told for told in asked] == [True, False]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ melder_naam }}", "de bron wordt niet genoemd"),
        ("{% for p in personen %}{{ p.bsn }}{% endfor %}", "BSN gaat niet mee"),
        ("{{ verwezen_op }}", "gaat de reclassering niet aan"),
    ],
)
def test_what_an_organisation_of_its_own_may_not_see_is_refused(config, office, text, said):
    with_reclassering(office, text)
    assert any(said in fault.text for fault in new_release.faults_of(config, "2026.3"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[recipients.reclassering]", "[recipients.rvdk]", "kent het programma al"),
        ('address = "office"', 'address = "person"', "'person' kan niet"),
        ('kind = "reclassering"\n', "", "noem de soort"),
        ('may = ["strafrechtelijk"]', 'may = ["melder"]', "'melder' bestaat niet"),
        ("bars = { verwijzing =", "bars = { alles =", "'alles' bestaat niet"),
        ('recipient = "melder"', 'recipient = "melder_beroepsmatig"', "kan niet; kies uit"),
    ],
)
def test_an_organisation_that_is_told_wrong_is_refused_by_its_key(config, office, old, new, said):
    there = with_reclassering(office)
    edit(there / "meldingsroute.toml", old, new)
    faults = new_release.faults_of(config, "2026.3")
    assert any(said in fault.text for fault in faults)


@pytest.mark.parametrize("kind", ["letter", "figures"])
def test_what_is_wrong_in_a_letter_or_a_figure_of_a_draft_is_told_by_its_file(config, office, kind):
    there = new_release.draft(office, "2026.3")
    file = {"letter": "brieven/verzoek_rvdk.j2", "figures": "cijfers.toml"}[kind]
    with (there / file).open("a", encoding="utf-8") as text:
        text.write({"letter": "{% if %}", "figures": "\n[onzin]\n"}[kind])
    assert [f"ontwerpen/2026.3/{file}" in f.text for f in new_release.faults_of(config, "2026.3")]


def test_a_text_changed_on_screen_is_of_its_release_and_goes_along_into_a_draft(office):
    letter = "bevestiging_adviesvrager"
    change_text(office, letter, "# Dank\n\nU belde ons.\n")
    there = new_release.draft(office, "2026.3")
    assert (there / f"brieven/{letter}.j2").read_text("utf-8") == "# Dank\n\nU belde ons.\n"
    with office.store.read() as connection:
        assert letter in letters_now(office, connection, "2026.2").texts
        assert not letters_now(office, connection, "2026.3").texts


def test_what_changed_since_it_was_ready_is_not_agreed_to(config, office):
    there = new_release.draft(office, "2026.3")
    new_release.make(office, "2026.3", reader(office, "Tom"))
    edit(there / "adviesroute.toml", 'title = "Adviesroute"', 'title = "Iets anders"')
    with pytest.raises(BadInput, match="veranderd"):
        new_release.approve(office, "2026.3", reader(office, "Mia"))


def test_a_draft_with_a_fault_is_no_release(config, office):
    there = new_release.draft(office, "2026.3")
    edit(there / "adviesroute.toml", "[facts]", "[facts]\nniets = 1")
    with pytest.raises(BadInput):
        new_release.make(office, "2026.3", reader(office, "Tom"))


@pytest.mark.parametrize("name", ["../weg", "", "a b", "-x", "2026.2"])
def test_a_name_that_cannot_be_one_is_refused(config, office, name):
    with pytest.raises(BadInput):
        new_release.draft(office, name)
    with pytest.raises(NotFound):
        new_release.faults_of(config, name)


def test_every_fault_of_a_draft_is_told_with_its_file_and_line(folder, config, office):
    there = new_release.draft(office, "2026.3")
    file = there / "adviesroute.toml"
    edit(file, "[facts]", "[facts]\nniets = 1")
    done = command("workflow", "check", "2026.3", "--json", "--config", folder)
    assert done.returncode == 1
    (fault,) = json.loads(done.stdout)["faults"]
    lines = file.read_text(encoding="utf-8").splitlines()
    assert fault["file"] == "ontwerpen/2026.3/adviesroute.toml"
    assert lines[fault["line"] - 1] == "niets = 1"
    assert "niets" in fault["text"]
    file.write_text("name = 1\nrelease = = 2\n", encoding="utf-8")
    done = command("workflow", "check", "2026.3", "--json", "--config", folder)
    assert {(f["file"], f["line"]) for f in json.loads(done.stdout)["faults"]} == {
        ("ontwerpen/2026.3/adviesroute.toml", 2)
    }


def test_a_hole_in_a_draft_is_told_with_the_story_to_it(folder, config, office):
    there = new_release.draft(office, "2026.3")
    file = there / "meldingsroute.toml"
    edit(file, '"controle_vastgelegd", "vervolg_besloten", "rvdk_klaar"', '"rvdk_klaar"')
    text = file.read_text(encoding="utf-8")
    faults = [new_release.told(config, f) for f in new_release.faults_of(config, "2026.3")]
    assert faults
    story = next(f for f in faults if f["story"])
    assert story["story"].startswith("Een melding komt binnen")
    assert story["story"] in story["text"]
    assert text.splitlines()[story["line"] - 1].startswith("[moves.")


def test_real_data_wait_for_a_release_that_was_settled(office, place):
    assert "uitgave" not in {want.code for want in production.missing(office)}
    (place / releases.FILE).unlink()
    assert "uitgave" in {want.code for want in production.missing(office)}


def test_the_commands_make_one(folder):
    def run(*words, expect=0):
        done = command("workflow", *words, "--config", folder)
        assert done.returncode == expect, done.stdout + done.stderr
        return done.stdout + done.stderr

    assert "ontwerpen/2026.3" in run("draft", "2026.3")
    assert "De werkwijze klopt" in run("check", "2026.3")
    assert '+release = "2026.3"' in run("diff", "2026.3")
    assert "twee mensen" in run("release", "2026.3", expect=1)
    run("release", "2026.3", "--as", "Tom")
    assert "Een ander" in run("approve", "2026.3", "--as", "Tom", expect=1)
    assert 'release = "2026.3"' in run("approve", "2026.3", "--as", "Mia")
    assert "is er al" in run("draft", "2026.3", expect=1)
