"""Names of people who do not exist: every given name meets every family name, whatever their languages.

An entry is `Name` or `Name=latin`; the second form says how an e-mail address writes a name in another script.
`_` stands for a blank inside a name.
"""

import unicodedata

import numpy as np
import numpy.typing as npt

from appraise.testing.company_calendar import Integers

_GIVEN = """
Amélie Anaïs Ángel Åsa Aylin Bartłomiej Begüm Björn Branimira Célestin Chidi Chloé Dávid Đurđa Eilidh Elif
Emeka Esmé Farah Fionnuala Françoise Gökhan Hanae Héctor Ingrid İlker Isaac Jürgen Kağan Kateřina Kofi Łucja
Lwazi Mairéad Małgorzata Márton Mei Nadia Ngozi Nuño Oisín Öykü Priya Ravi Renáta Rhys Ruairí Saoirse Şebnem
Siobhán Søren Sunniva Tadeáš Tiên Ülle Vashti Wanjiru Xiomara Yelena Yusuf Zdeněk Zoë Σοφία=sofia Νίκος=nikos
Ганна=hanna Тарас=taras 陽菜=hina 伟=wei 서연=seoyeon
"""

_FAMILY = """
Abernethy-Quill Adeyemi-Stone Ahlström Ångborg Balázsfi Bauernfeld Beauclairvaux Bjørkedal Brankovišek
Brückenmaier Çelikbaş Cieślakowski Corrigan-Vale D’Amberville Dąbrówek Drăgulescu Eichenlohe Ekwuemezie
Eþelsson Faoláinach Fernándiz Fjällgren Garcíales Głowiński Grünspecht Gündoğar Haavikkola Hlaváčkov Iñárrigo
İnceoğlan Jørgensholm Kairuki-Mwangi Kőhalmi Krzyżak Lindenström Łęczycki MacAoidhan Mäkiharju Marquèze
Mbeki-Roux Müllerthal Nakahoshi Nguyễnh Nørrelykke Ó_Conghailidh Okonjo-Price Öztürkmen Pērkonis Quintãl
Räikkänen Rivièrelle Šimůnkovec Skarsgaarden Sørlien Ştefănoiu Sundararamanna Şahinkaya Tōgawara Trần-Moreau
Uyttenhove van_der_Heiden-Loos Väinölä Vašíčkov Wójcikiewicz Weißenfeld Ximenéz-Orta Yıldırımcı Zachariášek
Žukauskė Παπαλουκάς=papaloukas Коваленчук=kovalenchuk 青葉山=aobayama 欧阳林=ouyanglin 남궁솔=namgungsol
"""

_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "þ": "th", "’": "", " ": ""})


def _entries(listed: str) -> tuple[tuple[str, str], ...]:
    """Pairs of a name as people write it and as an e-mail address does."""
    pairs = []
    for entry in listed.split():
        name, _, latin = entry.replace("_", " ").partition("=")
        folded = unicodedata.normalize("NFKD", (latin or name).casefold().translate(_PLAIN))
        pairs.append((name, "".join(letter for letter in folded if not unicodedata.combining(letter))))
    return tuple(pairs)


GIVEN = _entries(_GIVEN)
FAMILY = _entries(_FAMILY)


def draw_names(rng: np.random.Generator, count: int) -> tuple[Integers, Integers]:
    """Numbers into `GIVEN` and `FAMILY`."""
    return rng.integers(len(GIVEN), size=count), rng.integers(len(FAMILY), size=count)


def email_addresses(given: Integers, family: Integers, *, host: str, numbered: bool) -> npt.NDArray[np.object_]:
    """Unique addresses on a reserved host; `numbered` adds the position to all, otherwise to repeated ones only."""
    seen: dict[str, int] = {}
    addresses = []
    for position, (g, f) in enumerate(zip(given.tolist(), family.tolist(), strict=True), start=1):
        local = f"{GIVEN[g][1]}.{FAMILY[f][1]}"
        seen[local] = seen.get(local, 0) + 1
        suffix = str(position) if numbered else str(seen[local]) if seen[local] > 1 else ""
        addresses.append(f"{local}{suffix}@{host}")
    return np.array(addresses, dtype=object)
