"""Fair negatives: as well connected as the right answer, or as likely in the eyes of other methods."""

import numpy as np

from matcher.evaluation.negatives import hard
from matcher.training.matched import degree_matched

DEGREES = np.arange(1_000, dtype=np.int32)
POOL = np.arange(1_000, dtype=np.int32)


def draw(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_degree_matched_negatives_are_those_of_the_nearest_degree() -> None:
    chosen = degree_matched(500, POOL[POOL != 500], DEGREES, 100, draw())
    assert len(chosen) == 100
    assert chosen.min() >= 440
    assert chosen.max() <= 560


def test_among_equal_degrees_the_draw_decides_and_the_seed_repeats_it() -> None:
    level = np.ones(1_000, dtype=np.int32)
    one, again = degree_matched(0, POOL[1:], level, 100, draw(1)), degree_matched(0, POOL[1:], level, 100, draw(1))
    other = degree_matched(0, POOL[1:], level, 100, draw(2))
    assert one.tolist() == again.tolist()
    assert set(one.tolist()) != set(other.tolist())


def test_a_small_pool_is_taken_whole() -> None:
    assert degree_matched(0, POOL[1:40], DEGREES, 100, draw()).tolist() == list(range(1, 40))


def test_hard_negatives_take_from_each_method_in_turn_its_best_first() -> None:
    up, down = POOL.astype(np.float64), -POOL.astype(np.float64)
    assert hard(POOL, [up, down], 4).tolist() == [999, 0, 998, 1]


def test_hard_negatives_leave_out_whom_no_method_speaks_for() -> None:
    silent = np.full(1_000, np.nan)
    silent[:3] = [0.1, 0.3, 0.2]
    assert hard(POOL, [silent], 10).tolist() == [1, 2, 0]


def test_hard_negatives_come_from_the_pool_alone_and_each_once() -> None:
    values = np.ones(1_000)
    chosen = hard(POOL[:30], [values, values])
    assert sorted(chosen.tolist()) == list(range(30))
