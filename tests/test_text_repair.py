"""Text repair: what is mended, what is left alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.importers.glyphs import unshift
from matcher.importers.text_repair import repair_text

CLEAN = [
    "",
    "A plain ASCII sentence, with a well-known hyphen - and a dash.",
    "L’été dernier, « Société Générale » a signé à Besançon : 1 200 € – cœur d’activité… Où ? Là-bas !",
    "Η εταιρεία μας αναζητά συνεργάτες στην Ευρώπη για την υγεία των ηλικιωμένων, από 2020.",
    "Σ Ω Φ, ά έ ό ύ: τα γράμματα της ελληνικής δεν είναι σημεία.",
    "Příliš žluťoučký kůň úpěl ďábelské ódy. Řeřicha a Šárka v ŘÍČANECH.",
    "Čokoladna tvrtka iz Đakova traži partnere; džep, ljubav, njegov. ǅ ǆ Ǉ ǈ ǉ Ǌ ǋ ǌ.",
    "Întreprinderea noastră caută parteneri în București și Timișoara; țăran, școală.",
    "Ŝi ĝuis freŝan aeron ĉe la ĵaŭda kunveno; eĥoŝanĝo ĉiuĵaŭde. Ŝanĝoj.",
    "Ƒ and ƒ: the Ewe language writes ƒe and Ɖ, and f-stops are written ƒ/2.8.",
    "Aƒe, eƒe, ƒ´: √(2) ≈ 1,41 ; x≈y ; ƒ(x) ; 5 ƒ.",
    "Zażółć gęślą jaźń w Łodzi. Ł Ń ł ń.",
    "Mūsų įmonė ieško partnerių; Ņikita un Ģirts, ķēniņš.",
    "Hausa: ƙasa, ɓera, ƴaƴa, ɗaki, 'ya'ya.",
    "Наша компания ищет партнеров в 2024 году.",
    "Größe, Straße, Übermaß: Wir suchen Partner für Forschungs- und Entwicklungsvorhaben.",
    "Micro- et nanotechnologies, pré- et post-production, court- ou moyen terme.",
    "Premier paragraphe.\n\nSecond paragraphe.\n- un point\n- un autre point",
    "capteurs\nrobots\nlogiciels",
    "√2 ≈ 1,4 et ∂x; Paris • Lyon • Nice",
    "Ångström, naïve, façade, smörgåsbord, Þingvellir, œuvre, Ærø.",
]


@pytest.mark.parametrize("text", CLEAN)
def test_a_clean_text_is_returned_byte_for_byte(text: str) -> None:
    assert repair_text(text) == (text, ())


@pytest.mark.parametrize(
    ("damaged", "meant"),
    [
        ("B√∂ckel", "Böckel"),
        ("A.P. Moller - M√¶rsk A/S", "A.P. Moller - Mærsk A/S"),
        ("AGR√çCOLA", "AGRÍCOLA"),
        ("Gamtos tyrim≈≥ centras", "Gamtos tyrimų centras"),
        ("Rƒ´ga", "Rīga"),
        ("Aalborg √ò", "Aalborg Ø"),
        ("d√©veloppement de l‚Äôentreprise", "développement de l’entreprise"),
        ("UniversitÃ© de Paris", "Université de Paris"),
        ("MÃ¼ller & SÃ¶hne", "Müller & Söhne"),
        ("l\x92industrie au c\x9cur, 1,2 M\x80", "l’industrie au cœur, 1,2 M€"),
    ],
)
def test_text_read_in_the_wrong_encoding_is_mended(damaged: str, meant: str) -> None:
    assert repair_text(damaged) == (meant, ("broken accents",))


@pytest.mark.parametrize(
    ("damaged", "meant"),
    [
        ("9ƴ ǳƴ ŀƴ Ŝǘ ŘŜƳƛ", "En un an et demi"),
        ("ŘŜƳƛΣ", "demi,"),
        ("¢ƘŜ ǎȅǎǘŜƳ ƛǎ ƴŜǿΦ", "The system is new."),
        ("ǎȅǎǘŝƳŜ ŦǊŀƴœŀƛǎ Ŝƴ нлмн", "système français en 2012"),
        ("ƭΩŞŎƻƭŜ Ł ¢ƻǳƭƻǳǎŜ όCǊŀƴŎŜύ", "l’école à Toulouse (France)"),
        ("[9{ a9{¦w9{ ŘŜ ƭΩŀƴƴŞŜ", "LES MESURES de l’année"),
        ("Le projet ŀ ŘǳǊŞ ŘŜǳȄ ŀƴǎ avec l'INRAE.", "Le projet a duré deux ans avec l'INRAE."),
        ("ƛƴŦƻǊƳŀŎƛƽƴ ŘŜƭ ŀƷƻ", "información del año"),
        ("ǿƛǊ ƪǀƴƴŜƴ ŦǸǊ {ƛŜ", "wir können für Sie"),
    ],
)
def test_glyph_shifted_words_are_read_back(damaged: str, meant: str) -> None:
    assert repair_text(damaged) == (meant, ("shifted letters",))


def test_a_shifted_line_leaves_its_neighbours_alone() -> None:
    assert unshift("Řeřicha 2012!\n9ƴ ǳƴ ŀƴ\nΣωκράτης") == "Řeřicha 2012!\nEn un an\nΣωκράτης"


@pytest.mark.parametrize(
    ("damaged", "meant", "repair"),
    [
        (
            "Test innovant et rapide du\ndiagnostic du sepsis",
            "Test innovant et rapide du diagnostic du sepsis",
            "broken lines",
        ),
        (
            "Les démonstrateurs construits jusqu’à présent restent toutefois\nlimités dans leurs possibilités.",
            "Les démonstrateurs construits jusqu’à présent restent toutefois limités dans leurs possibilités.",
            "broken lines",
        ),
        ("la phéno-\nménologie", "la phénoménologie", "hyphens at line ends"),
        ("peut-\nêtre", "peut-être", "hyphens at line ends"),
        ("la numérisa- tion des usines", "la numérisation des usines", "hyphens at line ends"),
        ("¶ un\n¶ deux", "- un\n- deux", "bullets"),
        ("\uf0b7 un\n• deux", "- un\n- deux", "bullets"),
        ("Nous offrons : • un banc • un four", "Nous offrons :\n- un banc • un four", "bullets"),
        ("eﬃcace et ﬁable", "efficace et fiable", "ligatures"),
        ("soluƟon", "solution", "ligatures"),
        ("e\u0301tude", "étude", "accents apart from their letters"),
        ("1\u00a0200\u202f€", "1 200 €", "special spaces"),
        ("a\x00b\u200bc", "abc", "control characters"),
        ("Fin.\r\nDébut", "Fin.\nDébut", "line ends"),
    ],
)
def test_damage_of_pdf_extraction_is_mended(damaged: str, meant: str, repair: str) -> None:
    assert repair_text(damaged) == (meant, (repair,))


def test_two_kinds_of_wrong_encoding_in_one_text_are_both_mended() -> None:
    assert repair_text("Bö et B√∂ckel, UniversitÃ©, déjà ŷ")[0] == "Bö et Böckel, Université, déjà ŷ"


_DAMAGE = st.sampled_from(
    [
        "é",
        "√©",
        "Ã©",
        "\x92",
        "•",
        "¶",
        "\n",
        "-\n",
        " ",
        "ƴ",
        "Ŝ",
        "ŘŜƳƛ",
        "Σ",
        "ﬁ",
        "\u0301",
        "\u00a0",
        "9",
        "Ɵ",
        "du",
    ]
)


@given(st.lists(st.one_of(_DAMAGE, st.text(max_size=3)), max_size=25).map("".join))
@settings(max_examples=400, deadline=None)
def test_a_mended_text_is_not_mended_again(text: str) -> None:
    mended, _ = repair_text(text)
    assert repair_text(mended) == (mended, ())


@given(
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=200).map(lambda text: text.replace("- ", "-"))
)
def test_printable_ascii_is_clean(text: str) -> None:
    assert repair_text(text) == (text, ())


@given(st.sampled_from(CLEAN), st.sampled_from(CLEAN))
@settings(deadline=None)
def test_clean_texts_stay_clean_side_by_side(one: str, other: str) -> None:
    text = f"{one}\n\n{other}"
    assert repair_text(text) == (text, ())


@pytest.mark.parametrize("text", ["é" + " " * 90_000 + "x", "¶" + " " * 90_000 + "x", "-\nb" + "a" * 90_000 + "x"])
def test_one_sign_ninety_thousand_times_is_read_once_and_not_from_every_place_anew(text: str) -> None:
    assert repair_text(text)[0].endswith("x")
