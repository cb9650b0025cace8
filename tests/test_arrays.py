import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.arrays import AT_ONCE, cosines, nth_largest, power


@given(st.lists(st.sampled_from([-np.inf, -1.0, 0.0, 0.25, 0.5, 1.0, 7.0]), max_size=200), st.integers(1, 30))
def test_the_nth_largest_is_that_of_a_full_sort_with_ties(values: list[float], number: int) -> None:
    found = nth_largest(np.array(values, dtype=np.float64), number)
    assert found == (sorted(values, reverse=True)[number - 1] if len(values) >= number else -np.inf)


@given(st.integers(0, 2**32 - 1), st.integers(1, 3000), st.integers(1, 60))
def test_the_nth_largest_of_many_is_that_of_a_full_sort(seed: int, size: int, number: int) -> None:
    values = np.random.default_rng(seed).normal(size=size)
    assert nth_largest(values, number) == (np.sort(values)[-number] if size >= number else -np.inf)


@pytest.mark.parametrize("exponent", [1, 2, 3, 4])
def test_a_power_is_multiplied_out(exponent: int) -> None:
    values = np.linspace(0.0, 1.0, 7)
    assert power(values, exponent) == pytest.approx(values**exponent, rel=1e-14)


@pytest.mark.parametrize("size", [0, 1, AT_ONCE - 1, AT_ONCE, 2 * AT_ONCE + 5])
def test_cosines_of_several_are_those_of_each_to_the_last_bit(size: int) -> None:
    random = np.random.default_rng(0)
    vectors, others = (random.normal(size=(count, 33)).astype(np.float32) for count in (size, 21))
    found = cosines(vectors, list(others))
    assert found.shape == (21, size)
    assert found == pytest.approx(others @ vectors.T, abs=1e-4)
    for row, other in zip(found, others, strict=True):
        assert np.array_equal(row, cosines(vectors, [other])[0])


def test_no_vectors_have_no_cosines() -> None:
    assert cosines(np.zeros((3, 4), dtype=np.float32), []).shape == (0, 3)
