"""320 scripted questions about a paper and a person, each with the answer that it must have.

Written by hand, a row a paper and a column a person; nothing here is made by the program that is tested. A cell is
`D` replaced by data · `H` replaced by a holding · `I:field,…` only these fields may be asked for · `L` lawful to ask
for, with why: `Lu` the database does not answer, `Lf` it does not know the person, `Lc` it is not connected, `Ln` no
rule.
"""

from __future__ import annotations

from collections.abc import Iterator

# A  all data, nothing stored            I  the register does not answer, nothing stored
# B  no father's name registered         J  no register is connected, nothing stored
# C  no sex registered                   K  all data, and good stored papers
# D  no household's number registered    L  not in the register, good stored papers
# E  neither father's nor mother's name  M  the register does not answer, good stored papers
# F  all data, and registered as dead    N  it does not answer, stored papers that are not good
# G  the card gives another birth date   O  it does not answer, good papers in which the person is the mother
# H  not in the register                 P  no father's name, good stored papers
PERSONS = "ABCDEFGHIJKLMNOP"

_CARD = "D D I:sex D D I:deceased I:date_of_birth Lf Lu Lc D Lf Lu Lu Lu D"
_CARD_OF_THE_DEAD = "D D I:sex D D D I:date_of_birth Lf Lu Lc D Lf Lu Lu Lu D"
_ACT = "Lc Lc Lc Lc Lc Lc Lc Lc Lc Lc H H H Lc Lc H"
_NOTHING_REPLACES = "Ln Ln Ln Ln Ln Ln Ln Ln Ln Ln Ln Ln Ln Ln Ln Ln"
_LOST_REGISTER = "Ln Ln Ln Ln Ln Ln Ln Ln Ln Ln H H H Ln Ln H"
_DEATH = "I:deceased I:deceased I:deceased I:deceased I:deceased D I:deceased Lf Lu Lc H H H Lu Lu H"
_KINSHIP = "D I:father_name D D I:father_name,mother_name D I:date_of_birth Lf Lu Lc D H H Lu Lu H"
_BOOK = "D D D I:household_number D D D Lf Lu Lc D Lf Lu Lu Lu D"

PAPERS = {
    ("1.001193", "birth_notification"): _NOTHING_REPLACES,
    ("1.001193", "declarant_card"): _CARD,
    ("1.001193", "parents_marriage"): _ACT,
    ("1.004884", "birth_paper"): _LOST_REGISTER,
    ("1.004884", "declarant_card"): _CARD,
    ("2.000635", "applicant_card"): _CARD,
    ("2.000635", "act"): _ACT,
    ("1.000894", "wife_card"): _CARD,
    ("1.000894", "husband_card"): _CARD,
    ("1.000656", "declarant_card"): _CARD,
    ("1.000656", "deceased_card"): _CARD_OF_THE_DEAD,
    ("1.004873", "applicant_card"): _CARD,
    ("1.004873", "spouse_death"): _DEATH,
    ("1.004859", "act"): _ACT,
    ("1.004859", "applicant_card"): _CARD,
    ("1.004222", "applicant_card"): _CARD,
    ("1.004222", "kinship"): _KINSHIP,
    ("1.004194", "applicant_card"): _CARD,
    ("1.010041", "applicant_card"): _CARD,
    ("1.010041", "old_book"): _BOOK,
}


def cases() -> Iterator[tuple[str, str, str, str]]:
    """Procedure, paper, person, expected cell."""
    for (procedure, paper), row in PAPERS.items():
        for person, cell in zip(PERSONS, row.split(), strict=True):
            yield procedure, paper, person, cell
