"""Sentences: where they end, and where a full stop means something else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.splitting import split_sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three? Four… Five", ["One.", "Two!", "Three?", "Four…", "Five"]),
        ("Acme S.A.S. est née en 2014. Elle vend.", ["Acme S.A.S. est née en 2014.", "Elle vend."]),
        ("M. Dupont et J.-P. Martin. Mme. Roy.", ["M. Dupont et J.-P. Martin.", "Mme. Roy."]),
        ("Il pèse 3.5 kg et coûte 4,5 €. Bien.", ["Il pèse 3.5 kg et coûte 4,5 €.", "Bien."]),
        ("See www.acme.fr. Then https://x.org/a.Html now.", ["See www.acme.fr.", "Then https://x.org/a.Html now."]),
        ("Am 3. Oktober z. B. mit Dr. Weber. Seit 14. Mai.", ["Am 3. Oktober z. B. mit Dr. Weber.", "Seit 14. Mai."]),
        ("Für 5 Mio. Euro. Nr. 7 ist bereit.", ["Für 5 Mio. Euro.", "Nr. 7 ist bereit."]),
        ("We sell bolts etc. They buy.", ["We sell bolts etc.", "They buy."]),
        ("La Sra. Ruiz dirige. ¿Cuándo? ¡Ya!", ["La Sra. Ruiz dirige.", "¿Cuándo?", "¡Ya!"]),
        ("Il dott. Rossi arriva. È pronto.", ["Il dott. Rossi arriva.", "È pronto."]),
        ("It is ready! and cheap. eLichens measures.", ["It is ready! and cheap.", "eLichens measures."]),
        ("« Bon. » Puis (oui.) Non.", ["« Bon.", "» Puis (oui.)", "Non."]),
        ("これは文です。次の文！", ["これは文です。", "次の文！"]),
        ("It adds value.To grow, it needs more.", ["It adds value.", "To grow, it needs more."]),
        ("A line\ngoes on here. Next\nNew line", ["A line\ngoes on here.", "Next", "New line"]),
        ("First\n\nsecond", ["First", "second"]),
        ("- Un\n• Deux\n1. Trois\n  2) Quatre\n¶ Cinq", ["Un", "Deux", "Trois", "Quatre", "Cinq"]),
        ("Nous offrons • des vis • des clous", ["Nous offrons", "des vis", "des clous"]),
        ("A well-known brand - and more", ["A well-known brand - and more"]),
        ("Windows\r\nLines", ["Windows", "Lines"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, sentences: list[str]) -> None:
    assert split_sentences(text) == sentences


def test_only_a_sentence_longer_than_the_limit_is_split_at_semicolons() -> None:
    text = "We wash sand; we dry sand; we sell sand."
    assert split_sentences(text) == [text]
    assert split_sentences(text, longest=30) == ["We wash sand", "we dry sand", "we sell sand."]


def test_a_sentence_longer_than_the_limit_without_semicolon_is_kept_whole() -> None:
    text = "word " * 200 + "end."
    assert split_sentences(text, longest=100) == [text]


@given(st.text(max_size=120))
def test_sentences_are_verbatim_and_in_order(text: str) -> None:
    position = 0
    for sentence in split_sentences(text):
        assert sentence == sentence.strip() != ""
        position = text.index(sentence, position) + len(sentence)


@given(st.lists(st.sampled_from(["Sand", "is", "wet", "Über", "été", "and"]), max_size=30))
def test_no_word_is_lost(words: list[str]) -> None:
    text = ". ".join(words)
    assert " ".join(split_sentences(text)).replace(".", "").split() == words
