import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.strings import Strings

texts = st.lists(st.text(st.characters(exclude_categories=["Cs"])))


@given(texts)
def test_strings_come_back_as_they_went_in(values: list[str]) -> None:
    assert list(Strings.of(values)) == values


@given(texts, st.text(st.characters(exclude_categories=["Cs"])))
def test_position_finds_exactly_what_is_there(values: list[str], sought: str) -> None:
    ordered = sorted(set(values), key=lambda value: value.encode())
    position = Strings.of(ordered).position(sought)
    assert position == (ordered.index(sought) if sought in ordered else None)


def test_the_last_string_can_be_counted_from_the_end() -> None:
    assert Strings.of(["a", "b"])[-1] == "b"


def test_a_row_beyond_the_end_is_an_error() -> None:
    with pytest.raises(IndexError):
        Strings.of(["a"])[1]
