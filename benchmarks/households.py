"""Made-up Dutch households in any number, and questions about them with the right answer.

Who of them is meant, or nobody.

Nobody in it exists. BSNs come from the documented test range (99999xxxx).
"""

from itertools import accumulate
from random import Random

DUTCH_V = [
    "Anna",
    "Maria",
    "Johanna",
    "Sanne",
    "Lisa",
    "Emma",
    "Eva",
    "Julia",
    "Sophie",
    "Fleur",
    "Lotte",
    "Anouk",
    "Iris",
    "Femke",
    "Marloes",
    "Ingrid",
    "Marieke",
    "Esther",
    "Monique",
    "Petra",
    "Yvonne",
    "Linda",
    "Karin",
    "Wilma",
    "Hennie",
    "Truus",
    "Corrie",
    "Greet",
    "Mieke",
    "Ria",
    "Elly",
    "Willemijn",
    "Roos",
    "Noor",
    "Tess",
    "Zoë",
    "Saar",
    "Fenna",
    "Evi",
    "Nina",
    "Isa",
    "Maud",
    "Lieke",
    "Sara",
    "Britt",
    "Nienke",
    "Floor",
    "Merel",
    "Amber",
    "Romy",
    "Kim",
    "Kimberley",
    "Chantal",
    "Priscilla",
    "Samantha",
    "Denise",
    "Mandy",
    "Nathalie",
    "Bianca",
    "Patricia",
    "Jolanda",
    "Hanneke",
    "Annemarie",
    "Astrid",
    "Gerda",
    "Hilda",
    "Tineke",
    "Janny",
    "Dirkje",
    "Aaltje",
    "Grietje",
    "Trijntje",
    "Sjaan",
    "Bep",
    "Elisabeth",
    "Catharina",
    "Cornelia",
    "Wilhelmina",
]
DUTCH_M = [
    "Jan",
    "Piet",
    "Kees",
    "Willem",
    "Hendrik",
    "Johannes",
    "Cornelis",
    "Gerrit",
    "Daan",
    "Bram",
    "Sem",
    "Lucas",
    "Levi",
    "Finn",
    "Noah",
    "Milan",
    "Thijs",
    "Jesse",
    "Luuk",
    "Ruben",
    "Lars",
    "Tim",
    "Tom",
    "Rick",
    "Dennis",
    "Wesley",
    "Kevin",
    "Jeroen",
    "Bas",
    "Mark",
    "Marco",
    "Peter",
    "Paul",
    "Frank",
    "Erik",
    "Rob",
    "Ronald",
    "Martin",
    "Michel",
    "Sander",
    "Niels",
    "Stefan",
    "Jeffrey",
    "Mitchell",
    "Roy",
    "Danny",
    "Patrick",
    "Richard",
    "Edwin",
    "Hans",
    "Henk",
    "Joop",
    "Wim",
    "Dirk",
    "Arie",
    "Teun",
    "Gijs",
    "Stijn",
    "Koen",
    "Jasper",
    "Sjoerd",
    "Wouter",
    "Maarten",
    "Floris",
    "Pieter",
    "Jurgen",
    "Ramon",
    "Joost",
    "Rutger",
    "Boudewijn",
    "Hidde",
    "Jelle",
    "Sietse",
    "Douwe",
    "Gosse",
    "Harm",
    "Klaas",
    "Berend",
    "Egbert",
    "Marinus",
    "Leendert",
]
OTHER = {
    "turks": (
        [
            "Ayşe",
            "Fatma",
            "Emine",
            "Zeynep",
            "Elif",
            "Esra",
            "Büşra",
            "Gülay",
            "Sevim",
            "Hatice",
            "Meryem",
            "Özlem",
            "Derya",
            "Selin",
        ],
        [
            "Mehmet",
            "Ahmet",
            "Mustafa",
            "Ali",
            "Hasan",
            "Hüseyin",
            "İbrahim",
            "Murat",
            "Emre",
            "Yusuf",
            "Ömer",
            "Burak",
            "Serkan",
            "Oğuz",
        ],
        [
            "Yılmaz",
            "Kaya",
            "Demir",
            "Çelik",
            "Şahin",
            "Yıldız",
            "Yıldırım",
            "Öztürk",
            "Aydın",
            "Özdemir",
            "Arslan",
            "Doğan",
            "Kılıç",
            "Aslan",
            "Çetin",
            "Kara",
            "Koç",
            "Kurt",
            "Özkan",
            "Şimşek",
        ],
    ),
    "marokkaans": (
        [
            "Fatima",
            "Khadija",
            "Aicha",
            "Naima",
            "Samira",
            "Zineb",
            "Hanane",
            "Malika",
            "Yasmina",
            "Salma",
            "Houda",
            "Kaoutar",
            "Ikram",
            "Nadia",
        ],
        [
            "Mohamed",
            "Youssef",
            "Rachid",
            "Hassan",
            "Karim",
            "Hamza",
            "Omar",
            "Bilal",
            "Ayoub",
            "Khalid",
            "Abdelhak",
            "Mustapha",
            "Said",
            "Noureddine",
        ],
        [
            "El Amrani",
            "Bouzid",
            "Benali",
            "El Idrissi",
            "Ait Ali",
            "Ouali",
            "Tahiri",
            "El Khattabi",
            "Bakkali",
            "Chaoui",
            "Haddou",
            "Mansouri",
            "El Yousfi",
            "Azzouzi",
            "Ziani",
            "Amghar",
        ],
    ),
    "caribisch": (
        [
            "Shanaya",
            "Joyce",
            "Chantal",
            "Marlène",
            "Urmila",
            "Shanti",
            "Indra",
            "Soraya",
            "Rowena",
            "Gracia",
        ],
        [
            "Dennis",
            "Roy",
            "Clyde",
            "Ricardo",
            "Shurendy",
            "Rajesh",
            "Anand",
            "Winston",
            "Glenn",
            "Ruben",
        ],
        [
            "Pinas",
            "Kartosen",
            "Martina",
            "Pereira",
            "Sewpersad",
            "Ramdin",
            "Jagroep",
            "Wijngaarde",
            "Tjon",
            "Croes",
            "Winklaar",
            "Maduro",
            "Biervliet",
            "Baldewsing",
        ],
    ),
    "slavisch": (
        [
            "Katarzyna",
            "Agnieszka",
            "Oksana",
            "Olena",
            "Natalia",
            "Iryna",
            "Magdalena",
            "Joanna",
            "Svitlana",
            "Yulia",
        ],
        [
            "Piotr",
            "Tomasz",
            "Krzysztof",
            "Oleksandr",
            "Andriy",
            "Łukasz",
            "Dmytro",
            "Mykola",
            "Serhiy",
            "Marek",
        ],
        [
            "Kowalski",
            "Wiśniewski",
            "Nowak",
            "Wójcik",
            "Shevchenko",
            "Kovalenko",
            "Bondarenko",
            "Lewandowski",
            "Zieliński",
            "Kamiński",
            "Tkachenko",
            "Melnyk",
        ],
    ),
    "arabisch": (
        ["Rania", "Hala", "Amina", "Hodan", "Fatou", "Mariam", "Hiba", "Layla", "Sahra", "Selam"],
        [
            "Hussein",
            "Mahmoud",
            "Abdullah",
            "Ahmad",
            "Yonas",
            "Tesfay",
            "Ibrahim",
            "Khaled",
            "Omar",
            "Samir",
        ],
        [
            "Al Hassan",
            "Haddad",
            "Khalil",
            "Yusuf",
            "Diallo",
            "Tesfay",
            "Ghebremedhin",
            "Al Jasem",
            "Mohamud",
            "Farah",
            "Nasser",
            "Darwish",
        ],
    ),
}
SPELLINGS = {
    "Mohamed": ("Mohammed", "Muhammad", "Mohamad"),
    "Youssef": ("Yusuf", "Yousef", "Joesoef"),
    "Yusuf": ("Youssef", "Yousuf"),
    "Hüseyin": ("Huseyin", "Hussein"),
    "Hussein": ("Hoessein", "Husain", "Hossein"),
    "Khadija": ("Chadija", "Hadija", "Kadija"),
    "Aicha": ("Aisha", "Aïcha", "Ayicha"),
    "Ayşe": ("Ayse", "Aysa"),
    "Fatima": ("Fatma", "Fatimah", "Fadima"),
    "Ibrahim": ("Ibrahiem", "Ebrahim"),
    "İbrahim": ("Ibrahim", "Ibrahiem"),
    "Mahmoud": ("Mahmud", "Machmoud"),
    "Oleksandr": ("Alexander", "Aleksandr", "Olexandr"),
    "Dmytro": ("Dmitro", "Dmitri"),
    "Łukasz": ("Lukasz", "Lucas"),
    "Krzysztof": ("Kristof", "Krzystof"),
    "Khalid": ("Chalid", "Khaled"),
    "Khaled": ("Khalid", "Chaled"),
    "Abdelhak": ("Abdel Hak", "Abdelhaq"),
    "Noureddine": ("Nordin", "Noureddin"),
    "Mustapha": ("Mustafa", "Moustafa"),
    "Samira": ("Samirah", "Semira"),
    "Rachid": ("Rashid", "Rasjid"),
    "El Amrani": ("Elamrani", "Al Amrani", "Amrani"),
    "Çelik": ("Celik", "Chelik"),
    "Şahin": ("Sahin", "Shahin"),
    "Yılmaz": ("Yilmaz", "Jilmaz"),
    "Öztürk": ("Ozturk", "Oeztuerk"),
    "Oğuz": ("Oguz", "Oghuz"),
    "Shevchenko": ("Sjevtsjenko", "Schewtschenko", "Chevchenko"),
    "Kovalenko": ("Kowalenko", "Covalenko"),
    "Benali": ("Ben Ali", "Bénali"),
    "Bouzid": ("Bouzit", "Buzid"),
    "El Idrissi": ("Idrissi", "El Idrisi"),
    "Wiśniewski": ("Wisniewski", "Visnievski"),
    "Ghebremedhin": ("Gebremedhin", "Ghebremedin"),
    "Diallo": ("Djallo", "Dialo"),
    "Doğan": ("Dogan", "Doghan"),
    "Hassan": ("Hasan", "Hassane"),
    "Omar": ("Omer", "Umar"),
    "Büşra": ("Busra", "Bushra"),
    "Tesfay": ("Tesfai", "Tesfaye"),
}
COMMON = [
    "de Jong",
    "Jansen",
    "de Vries",
    "van den Berg",
    "Bakker",
    "van Dijk",
    "Visser",
    "Janssen",
    "Smit",
    "Meijer",
    "de Boer",
    "Mulder",
    "de Groot",
    "Bos",
    "Vos",
    "Peters",
    "Hendriks",
    "van Leeuwen",
    "Dekker",
    "Brouwer",
    "de Wit",
    "Dijkstra",
    "Smits",
    "de Graaf",
    "van der Meer",
    "Kok",
    "Jacobs",
    "van der Linden",
    "de Haan",
    "Vermeulen",
    "van den Heuvel",
    "van der Veen",
    "van den Broek",
    "de Bruijn",
    "de Bruin",
    "Schouten",
    "van der Heijden",
    "van Beek",
    "Willems",
    "van Vliet",
    "van der Wal",
    "Hoekstra",
    "Maas",
    "Verhoeven",
    "Koster",
    "van Dam",
    "van der Plas",
    "Prins",
    "Blom",
    "Huisman",
    "Peeters",
    "de Jonge",
    "Kuipers",
    "Post",
    "Kuiper",
    "Veenstra",
    "Kramer",
    "van den Brink",
    "Scholten",
    "van Wijk",
    "Postma",
    "Martens",
    "Vink",
    "de Ruiter",
    "Timmermans",
    "Groen",
    "Gerritsen",
]
FRONT = [
    "Ber",
    "Hil",
    "Wes",
    "Oos",
    "Ven",
    "Ros",
    "Kra",
    "Schel",
    "Bou",
    "Zand",
    "Hoe",
    "Lin",
    "Mol",
    "Wou",
    "Ter",
    "Vel",
    "Dun",
    "Eg",
    "Groe",
    "Haar",
    "Ker",
    "Loo",
    "Mar",
    "Noor",
    "Oud",
    "Pel",
    "Ra",
    "Stee",
    "Tol",
    "Ut",
    "Ver",
    "Wal",
    "Zeel",
    "Aal",
    "Brand",
    "Cam",
    "Don",
    "Els",
    "Fok",
    "Gel",
]
BACK = [
    "huis",
    "man",
    "stra",
    "ma",
    "berg",
    "veld",
    "kamp",
    "horst",
    "wijk",
    "loo",
    "broek",
    "laar",
    "donk",
    "sen",
    "ink",
    "dam",
    "haven",
    "meer",
    "bosch",
    "voort",
]
STREETS = [
    "Lindelaan",
    "Kerkstraat",
    "Havenstraat",
    "Dorpsstraat",
    "Schoolstraat",
    "Molenweg",
    "Beukenlaan",
    "Julianastraat",
    "Parallelweg",
    "Stationsweg",
    "Wilhelminastraat",
    "Nieuwstraat",
    "Kastanjelaan",
    "Marktplein",
    "Oosterkade",
    "Westersingel",
]
TOWNS = [
    "Rotterdam",
    "Schiedam",
    "Vlaardingen",
    "Spijkenisse",
    "Ridderkerk",
    "Barendrecht",
    "Capelle aan den IJssel",
    "Maassluis",
]


def _zipf(size):
    return list(accumulate(1 / (n + 4) for n in range(size)))


SURNAMES = COMMON + [f"{p}{f}{b}" for f in FRONT for b in BACK for p in ("", "van ", "ter ")]
_WEIGHT = {
    len(x): _zipf(len(x))
    for x in (DUTCH_V, DUTCH_M, SURNAMES, *(p for pools in OTHER.values() for p in pools))
}


def _pick(dice, pool):
    return dice.choices(pool, cum_weights=_WEIGHT[len(pool)])[0]


def bsn(dice):
    """A number that passes the elfproef, from the test range."""
    while True:
        digits = [9, 9, 9, 9, *(dice.randrange(10) for _ in range(4))]
        last = sum(d * w for d, w in zip(digits, range(9, 1, -1), strict=True)) % 11
        if last < 10:
            return "".join(map(str, [*digits, last]))


def _day(dice, youngest, oldest):
    from datetime import date, timedelta

    return (
        date(2026, 6, 1) - timedelta(days=dice.randint(youngest * 365, oldest * 365))
    ).isoformat()


class Households:
    """A stream of households: each a list of people as an intake would hold them
    (`betrokkenen`).
    """

    def __init__(self, seed):
        self.dice = Random(seed)

    def household(self):
        """Two to six people: parents (together or apart) and children, twins now and then."""
        dice = self.dice
        origin = dice.choices(["nederlands", *OTHER], weights=[68, 7, 8, 6, 5, 6])[0]
        girls, boys, last = (
            (DUTCH_V, DUTCH_M, SURNAMES) if origin == "nederlands" else OTHER[origin]
        )
        his, hers = _pick(dice, last), _pick(dice, last)
        address = (
            f"{dice.choice(STREETS)} {dice.randint(1, 240)}, {dice.randint(2900, 3399)}"
            f" {dice.choice('ABCDEGHKLNPRSTVWXZ')}{dice.choice('ABCDEGHKLNPRSTVWXZ')}"
            f" {dice.choice(TOWNS)}"
        )
        birth = int(_day(dice, 20, 60)[:4])
        mother = self._one(
            _pick(dice, girls), hers, "V", roles=["ouder"], address=address, born=self._near(birth)
        )
        if dice.random() < 0.35:
            mother["naam"] = f"{mother['naam'].rsplit(hers, 1)[0]}{his}-{hers}"
        people = [
            mother,
            self._one(
                _pick(dice, boys),
                his,
                "M",
                roles=["ouder"],
                address=address,
                born=self._near(birth - 2),
            ),
        ]
        twins = dice.random() < 0.03
        for n in range(dice.choice((1, 1, 2, 2, 3))):
            boy = dice.random() < 0.5
            born = (
                people[-1]["geboren"]
                if twins and n == 1
                else self._near(min(2025, birth + 22 + 3 * n))
            )
            people.append(
                self._one(
                    _pick(dice, boys if boy else girls),
                    his,
                    "M" if boy else "V",
                    roles=["kind"],
                    address=address,
                    born=born,
                )
            )
        return people

    def _near(self, year):
        year += self.dice.randint(-2, 0)
        return f"{year}-{self.dice.randint(1, 12):02}-{self.dice.randint(1, 28):02}"

    def _one(self, given, last, sex, roles, address, born):
        told = {
            "naam": f"{given} {last}",
            "geboren": born,
            "geslacht": sex,
            "rollen": roles,
            "adres": address,
        }
        return told | ({"bsn": bsn(self.dice)} if self.dice.random() < 0.5 else {})


# ------------------------------------------------------------------ questions with an answer
def _typo(dice, word):
    n = dice.randrange(1, len(word)) if len(word) > 1 else 0
    return dice.choice(
        (
            word[:n] + word[n + 1 :],
            word[:n] + word[n - 1] + word[n:],
            word[: n - 1] + word[n : n + 1] + word[n - 1 : n] + word[n + 1 :],
            word[:n] + dice.choice("aeinrst") + word[n + 1 :],
        )
    )


def _parted(person):
    first, _, last = person["naam"].partition(" ")
    return first, last


def same(dice, p):
    """As it was."""
    return p


def typo(dice, p):
    """One slip of the finger in given name or surname."""
    first, last = _parted(p)
    return p | (
        {"naam": f"{_typo(dice, first)} {last}"}
        if dice.random() < 0.5
        else {"naam": f"{first} {_typo(dice, last)}"}
    )


def swapped(dice, p):
    """Day and month the wrong way round."""
    year, month, day = p["geboren"].split("-")
    return p | (
        {"geboren": f"{year}-{day}-{month}"}
        if int(day) <= 12
        else {"geboren": f"{year}-{month}-{dice.randint(1, 28):02}"}
    )


def surname(dice, p):
    """Married or divorced: another surname, or one before the hyphen."""
    first, last = _parted(p)
    other = _pick(dice, SURNAMES)
    if "-" in last:
        return p | {"naam": f"{first} {last.partition('-')[2]}"}
    return p | {"naam": f"{first} {other}-{last}" if dice.random() < 0.5 else f"{first} {other}"}


def spelled(dice, p):
    """Spelled by another ear; a name without another spelling loses its marks."""
    first, last = _parted(p)
    first = dice.choice(SPELLINGS.get(first, (first,)))
    last = dice.choice(SPELLINGS.get(last, (last,)))
    return p | {"naam": f"{first} {last}".translate(str.maketrans("çşğıöüŞÇÖ", "csgiouSCO"))}


def moved(dice, p):
    """At another address."""
    return p | {"adres": f"Nieuwelaan {dice.randint(1, 99)}, 3011 XX Rotterdam"}


def year_only(dice, p):
    """Only the year of birth is known."""
    return p | {"geboren": p["geboren"][:4]}


def initial(dice, p):
    """Only an initial."""
    first, last = _parted(p)
    return p | {"naam": f"{first[0]}. {last}"}


def no_bsn(dice, p):
    """Without BSN, and moved."""
    return {k: v for k, v in moved(dice, p).items() if k != "bsn"}


def no_address(dice, p):
    """Without address or BSN."""
    return {k: v for k, v in p.items() if k not in ("bsn", "adres")}


def twin(dice, p):
    """The twin who is not known: all the same but the given name and BSN."""
    _, last = _parted(p)
    return (
        {k: v for k, v in p.items() if k != "bsn"}
        | {"naam": f"{_pick(dice, DUTCH_V if p['geslacht'] == 'V' else DUTCH_M)} {last}"}
        | ({"bsn": bsn(dice)} if "bsn" in p else {})
    )


def namesake(dice, p):
    """A father, son or grandmother of the same name at the same address."""
    year = int(p["geboren"][:4]) + dice.choice((-52, -33, -28, -25, 22, 27, 31))
    return (
        {k: v for k, v in p.items() if k != "bsn"}
        | {"geboren": f"{year}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}"}
        | ({"bsn": bsn(dice)} if "bsn" in p else {})
    )


SAME_PERSON = (same, typo, swapped, surname, spelled, moved, year_only, initial, no_bsn, no_address)
NOBODY = (twin, namesake, None)


def questions(known, strangers, count, seed):
    """Give (kind, person as typed, whether he is among the known, index of whom).

    Every kind as often.
    """
    dice = Random(seed)
    kinds = [*SAME_PERSON, *NOBODY]
    for n in range(count):
        kind = kinds[n % len(kinds)]
        if kind is None:
            yield "vreemde", dice.choice(strangers.household()), None
            continue
        index = dice.randrange(len(known))
        person = {
            k: v
            for k, v in known[index].items()
            if k in ("naam", "geboren", "geslacht", "adres", "bsn")
        }
        if dice.random() < 0.5:  # half of all calls do not know the BSN although it is on file
            person.pop("bsn", None)
        made = kind(dice, person)
        if (
            kind in NOBODY
            and made["naam"].split()[0] == known[index]["naam"].split()[0]
            and kind is twin
        ):
            made["naam"] = "Xantippe " + _parted(made)[1]
        yield kind.__name__, made, index if kind in SAME_PERSON else None
