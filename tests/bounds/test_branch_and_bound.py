"""The engine on functions whose largest value is known."""

import math

import pytest
import torch

from neural_spectra.bounds.branch_and_bound import below_zero, suprema, within
from neural_spectra.bounds.regions import Box
from neural_spectra.errors import InputError

SQUARE = Box(torch.tensor([-1.0, -1.0]).double(), torch.tensor([1.0, 1.0]).double())
TOP = torch.tensor([0.3, -0.7]).double()


def hill(cells):
    """Return 1 − |x − top| on cells, from their reach, and at their centres."""
    value = 1 - torch.linalg.vector_norm(cells.centres - TOP, dim=-1)
    reach = torch.linalg.vector_norm(cells.half_widths, dim=-1)
    return (value + reach).unsqueeze(0), value.unsqueeze(0)


CLOSELY = within(0.001)


def search(evaluate=hill, settle=CLOSELY, budget=10**5, **settings):
    return suprema(SQUARE, evaluate, settle, budget, chunk=100, **settings)


def test_the_bound_and_the_value_found_enclose_the_supremum():
    result = search()
    assert result.found.item() <= 1 <= result.bound.item() <= 1.001 * result.found.item()
    assert result.settled
    assert torch.linalg.vector_norm(result.resisting[0] - TOP) < 0.01


def test_only_cells_that_matter_are_split():
    assert search().cells < 2000  # all cells of that size would be a million


def test_the_search_does_not_depend_on_the_size_of_chunks():
    whole = suprema(SQUARE, hill, within(0.001), 10**5, chunk=10**6)
    assert torch.equal(whole.bound, search().bound)


def test_no_more_cells_than_a_chunk_are_evaluated_at_once():
    sizes = []

    def counted(cells):
        sizes.append(len(cells.centres))
        return hill(cells)

    suprema(SQUARE, counted, CLOSELY, 10**5, chunk=10)
    assert max(sizes) == 10


def test_a_spent_budget_leaves_a_bound_that_holds_and_says_so():
    result = search(settle=within(1e-9), budget=300)
    assert not result.settled
    assert result.cells <= 300
    assert result.bound.item() >= 1
    assert "budget of 300 cells was spent" in result.remark(300)


def test_a_budget_below_one_cover_is_refused():
    with pytest.raises(InputError, match="a budget of 63 cells does not cover the region once"):
        search(budget=63)


def test_a_sign_that_fails_somewhere_ends_the_search():
    assert search(settle=below_zero).cells == 64


def test_a_sign_that_holds_is_proved_by_few_cells():
    def valley(cells):
        return tuple(part - 1.01 for part in hill(cells))

    result = search(valley, settle=below_zero)
    assert result.bound.item() < 0
    assert result.settled


def test_several_quantities_are_bounded_together():
    def both(cells):
        bound, value = hill(cells)
        reach = bound - value
        return torch.cat([bound, -value + reach]), torch.cat([value, -value])

    result = search(both)
    farthest = math.hypot(1.3, 1.7) - 1
    assert result.bound.tolist() == pytest.approx([1, farthest], rel=0.002)


def test_what_overflows_is_bounded_by_nothing():
    def nothing(cells):
        value = torch.full((1, len(cells.centres)), math.nan, dtype=torch.float64)
        return value, value

    result = search(nothing, budget=64)
    assert result.bound.item() == math.inf
    assert result.found.item() == -math.inf
