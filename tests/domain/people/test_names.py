"""Names: written in one way, and told apart by whoever reads them beside a signature."""

from __future__ import annotations

import unicodedata
from dataclasses import replace as bare_replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra import confusables
from shared.domain.kernel.errors import Conflict, Forbidden, Invalid
from shared.domain.kernel.values import replace
from shared.domain.people import names, people
from shared.domain.people.people import Role
from tests.domain import cases

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
ANNA = "Anna Vos"
LOOK_ALIKES = [
    ANNA,
    "Аnna Vos",  # a Cyrillic A
    "Αnnа Vοs",  # a Greek alpha, a Cyrillic a and a Greek omicron
    "anna vos",
    "ANNA VOS",
    "Ａｎｎａ Ｖｏｓ",
    "𝐀𝐧𝐧𝐚 𝐕𝐨𝐬",
    "Anna V0s",
    "Anna\u00a0Vos",
    "Anna\u2009\u2009Vos",
    "Anna Vo\u17b4s",
    "Anna  Vos ",
]


@pytest.mark.clause("11.100(a)")
@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_a_name_that_readers_take_for_anothers_is_refused_and_says_how_to_tell_them_apart(name: str) -> None:
    with pytest.raises(Conflict, match=r"Another member .* signs as Anna Vos, .* Add a middle initial") as refused:
        names.refuse_look_alike(name, ["Somebody Else", ANNA])
    assert refused.value.extras == {"printed_name": ANNA}


@pytest.mark.parametrize(
    ("one", "other"), [("Ian Lee", "lan Lee"), ("Arnold", "Amold"), ("Paul", "Ρaul"), ("Zoë", "Zoe\u0308"), ("Li", "LI")]
)
def test_other_pairs_that_look_alike(one: str, other: str) -> None:
    assert names.alike(one, other)
    assert names.alike(other, one)


@pytest.mark.parametrize("name", ["Anna P. Vos", "Anna Vossen", "Hanna Vos", "Anna Vøs", "Anná Vos", "Анна Вос", "Vos Anna", "Anne Vos"])
def test_a_name_that_readers_tell_apart_is_let_in(name: str) -> None:
    names.refuse_look_alike(name, [ANNA])


def test_the_second_jan_janssens_signs_with_what_the_refusal_proposes() -> None:
    with pytest.raises(Conflict, match=r"such as Jan A\. Janssens"):
        names.refuse_look_alike("Jan Janssens", ["Jan Janssens"])
    names.refuse_look_alike("Jan A. Janssens", ["Jan Janssens"])


@given(st.text(max_size=30))
def test_a_skeleton_knows_no_difference_between_composed_and_decomposed(name: str) -> None:
    assert names.skeleton(unicodedata.normalize("NFC", name)) == names.skeleton(unicodedata.normalize("NFD", name))
    assert names.alike(name, name)


@pytest.mark.parametrize(
    "bad",
    [
        *(
            "\u200b",
            "\u200d",
            "\u200c",
            "\ufeff",
            "\u00ad",
            "\u2060",
            "\U000e0041",
            "\u034f",
            "\ufe0f",
            "\u115f",
            "\u3164",
            "\ufff9",
            "\u0600",
        ),
        *("\u0000", "\u0085", "\x1b", "\u202e", "\u2066", "\u2028", "\ue000", "\u0378", "\ud800"),
    ],
    ids=ascii,
)
def test_characters_that_show_nothing_or_nobody_knows_are_refused(bad: str) -> None:
    with pytest.raises(Invalid) as refused:
        names.checked("name", f"An{bad}na Vos")
    assert refused.value.field == "name"


@pytest.mark.parametrize("name", ["Zoë", "Ngọc Ánh", "O’Brien-Łukasz", "李娜", "محمد علي", "अंकिता", "Mária Jr.", "Þóra", "Nguyễn"])
def test_names_of_the_world_stay_as_they_are(name: str) -> None:
    assert names.checked("name", name) == unicodedata.normalize("NFC", name)


def test_a_name_is_composed_and_has_single_spaces() -> None:
    assert names.checked("name", "  Zoe\u0308 \u00a0  Vos ") == "Zoë Vos"
    with pytest.raises(Invalid):
        names.checked("name", " \u2003 ")
    with pytest.raises(Invalid, match="at most 200"):
        names.checked("name", "a" * 201)


def test_the_table_is_unicodes_own_and_whole() -> None:
    head = [line for line in names.TABLE.read_text().splitlines() if line.startswith("#")]
    assert "# Version: 17.0.0" in head
    assert head[-1] == f"# total: {len(names._looks_like())}"


ORIGINAL = """# confusables.txt
# Date: 2025-07-22
# Version: 17.0.0
0430 ;\t0061 ;\tMA\t# ( а → a ) CYRILLIC SMALL LETTER A → LATIN SMALL LETTER A\t#
FF41 ;\t0061 ;\tMA\t# ( ａ → a ) FULLWIDTH LATIN SMALL LETTER A → LATIN SMALL LETTER A\t#
006D ;\t0072 006E ;\tMA\t# ( m → rn ) LATIN SMALL LETTER M → LATIN SMALL LETTER R, LATIN SMALL LETTER N\t#

# total: 3
"""


def test_the_extractor_keeps_the_version_and_leaves_nothing_out() -> None:
    assert confusables.extracted(ORIGINAL).splitlines()[1:] == [
        *("# Date: 2025-07-22", "# Version: 17.0.0", "0061 = 0430 FF41", "0072 006E = 006D", "# total: 3"),
    ]
    for broken in ("", ORIGINAL.replace("FF41 ;", "# FF41 ;"), "<html>"):
        with pytest.raises(ValueError, match="a part of it is missing"):
            confusables.extracted(broken)


# --- The printed name.


def fresh() -> people.Member:
    return cases.member("Ann", Role.QA, printed_name=None, policy_accepted_at=None)


ADMIN = cases.member("Ada", None, admin=True)


@pytest.mark.clause("11.50(a)(1)")
def test_nobodys_printed_name_is_fixed_where_it_looks_like_anothers() -> None:
    with pytest.raises(Conflict, match="signs as Quinn"):
        people.accept_signing_policy(fresh(), bare_replace(cases.person("Ann"), name="Quіnn"), ["Quinn"], at=AT)


def test_a_name_of_before_is_judged_when_it_is_fixed() -> None:
    with pytest.raises(Conflict, match=r"can't be printed .*update_me"):
        people.accept_signing_policy(fresh(), bare_replace(cases.person("Ann"), name="An\u00adn"), at=AT)
    decomposed = bare_replace(cases.person("Ann"), name="Zoe\u0308")
    assert people.accept_signing_policy(fresh(), decomposed, at=AT).printed_name == "Zoë"


@pytest.mark.clause("11.70")
def test_an_admin_changes_a_printed_name_and_the_former_one_is_kept() -> None:
    changed = people.change_printed_name(cases.QUINN, " Quinn  Marsh ", [], by=ADMIN, at=AT)
    assert (changed.printed_name, changed.former_names) == ("Quinn Marsh", ("Quinn",))
    again = people.change_printed_name(changed, "Quinn", [], by=ADMIN, at=AT)
    assert (again.printed_name, again.former_names) == ("Quinn", ("Quinn", "Quinn Marsh")), "their own former name stays theirs"
    [notice] = people.printed_name_changed(cases.QUINN, changed, "Ada", "Married").notices
    assert (notice.person_ids, notice.facts) == (
        (cases.QUINN.person_id,),
        {"granter": "Ada", "former": "Quinn", "name": "Quinn Marsh", "reason": "Married"},
    )


def test_a_printed_name_isnt_changed_to_anothers_nor_to_nothing_nor_by_its_bearer() -> None:
    def change(member: people.Member, name: str, by: people.Member = ADMIN) -> people.Member:
        return people.change_printed_name(member, name, ["Ann Marsh"], by=by, at=AT)

    with pytest.raises(Conflict, match="signs as Ann Marsh"):
        change(cases.QUINN, "Аnn Marsh")
    with pytest.raises(Conflict, match="already"):
        change(cases.QUINN, "Quinn ")
    with pytest.raises(Conflict, match="no printed name yet"):
        change(fresh(), "Ann")
    with pytest.raises(Conflict, match="deactivated"):
        change(replace(cases.QUINN, status="deactivated"), "Quinn Marsh")
    with pytest.raises(Invalid):
        change(cases.QUINN, "\u200b")
    with pytest.raises(Forbidden, match="yourself"):
        change(cases.QUINN, "Quinn Marsh", by=replace(cases.QUINN, admin=True))


def test_whoever_comes_back_accepts_anew_where_somebody_took_their_name() -> None:
    assert people.without_taken_name(cases.QUINN, ["Ann"]) == cases.QUINN
    back = people.without_taken_name(cases.QUINN, ["Ann", "Quіnn"])
    assert (back.printed_name, back.policy_accepted_at) == (None, None)
