"""What layers tell of a field: saturation, bounds in units of its own, proofs and changes."""

import math

import pandas as pd
import pytest
import torch
from fields_of_users import fitted, van_der_pol

from neural_spectra.activations.torch_activations import ACTIVATIONS, activation_named
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.own.layers import (
    in_units,
    powers_of_two_near,
    relative_slopes,
    reversed_in_time,
)
from neural_spectra.studies.own.regions_of_flows import OwnRegion, bounds_of
from neural_spectra.studies.own.saturated_units import (
    saturation_by_layer,
    slopes_along,
    units_over_region,
)
from neural_spectra.studies.own.what_would_change import activation_swaps

pytestmark = pytest.mark.many_steps


def box(low, high, units=None):
    low, high = torch.tensor(low).double(), torch.tensor(high).double()
    return OwnRegion(low, high, torch.ones_like(low) if units is None else units, "a box")


def network_with_a_stuck_unit(activation="tanh"):
    """Return a network of a unit near 0, one that reaches |a| = 2, and one that stays beyond 19."""
    weight = torch.tensor([[0.01, 0.0], [2.0, 0.0], [1.0, 0.0]]).double()
    bias = torch.tensor([0.0, 0.0, 20.0]).double()
    return Network(
        (weight, torch.ones(2, 3).double()),
        (bias, torch.zeros(2).double()),
        activation_named(activation),
    )


def test_a_unit_that_stays_far_out_is_proved_never_to_leave_saturation():
    units = units_over_region(network_with_a_stuck_unit(), box([-1.0, -1.0], [1.0, 1.0]))
    assert units["never_leaves"].tolist() == [False, False, True]
    assert units["largest_slope"].iloc[2] == pytest.approx(1 / math.cosh(19) ** 2, rel=1e-2)


def test_shares_of_units_with_small_slopes_are_counted_along_paths_and_over_the_region():
    network, region = network_with_a_stuck_unit(), box([-1.0, -1.0], [1.0, 1.0])
    path = torch.tensor([[0.0, 0.0], [1.0, 0.0]]).double()
    bounds = bounds_of(network, region, 2**10)
    table = saturation_by_layer(network, {"orbit 1": path}, region, bounds.log_saturation, 0)
    along = table.set_index("place").loc["orbit 1"]
    # sech² 2 = 0.07, so one more of the six.
    assert along["share_below_0.1"] == pytest.approx(3 / 6)
    assert along["share_below_0.01"] == pytest.approx(2 / 6)
    everywhere = table.set_index("place").loc["region"]
    edge = math.acosh(math.sqrt(10)) / 2
    assert everywhere["share_below_0.1"] == pytest.approx((1 + 1 - edge) / 3, abs=1e-2)
    assert everywhere["delta"] == pytest.approx(1.0)


def test_slopes_are_relative_to_the_largest_that_an_activation_has():
    x = torch.zeros(1, 2, dtype=torch.float64)
    for name, expected in {"sigmoid": 1.0, "tanh": 1.0, "silu": 0.5 / 1.0998393194}.items():
        slopes = relative_slopes(network_with_a_stuck_unit(name), x)[0][0]
        assert slopes[0].item() == pytest.approx(expected, rel=1e-9)


def test_slopes_to_draw_are_sorted_by_unit_and_few():
    network = fitted(van_der_pol, [-3.0, -4.0], [3.0, 4.0], units=200)
    path = torch.randn(500, 2, generator=torch.Generator().manual_seed(0)).double()
    table = slopes_along(network, path)
    assert len(table) == 64 * 64
    means = table.groupby("rank")["slope"].mean()
    assert means.is_monotonic_decreasing
    assert table["share"].agg(["min", "max"]).tolist() == [0, 1]


def test_units_of_powers_of_two_change_no_value_of_the_field():
    network = fitted(van_der_pol, [-3.0, -4.0], [3.0, 4.0])
    units = torch.tensor([64.0, 0.25]).double()
    y = torch.randn(20, 2, generator=torch.Generator().manual_seed(0)).double()
    assert torch.equal(in_units(network, units)(y) * units, network(y * units))


@pytest.mark.parametrize(
    ("sizes", "units"),
    [
        ([1.0, 3.0], [1.0, 1.0]),
        ([50.0, 0.2], [64.0, 0.25]),
        ([1e5, 2e5], [2.0**18, 2.0**18]),
        ([1e-6, 1e-6], [2.0**-20, 2.0**-20]),
    ],
)
def test_coordinates_get_units_of_their_own_only_where_they_differ_much(sizes, units):
    assert powers_of_two_near(torch.tensor(sizes).double()).tolist() == units


def test_the_field_backwards_is_its_negative():
    network = fitted(van_der_pol, [-3.0, -4.0], [3.0, 4.0])
    x = torch.randn(5, 2, generator=torch.Generator().manual_seed(0)).double()
    assert torch.equal(reversed_in_time(network)(x), -network(x))


def test_bounds_hold_at_random_points_in_whatever_units():
    network = fitted(van_der_pol, [-3.0, -4.0], [3.0, 4.0])
    units = torch.tensor([2.0, 0.5]).double()
    region = box([-1.0, -2.0], [2.0, 1.0], units)
    bounds = bounds_of(network, region, 2**12)
    jacobian = network.jacobian(region.spread(500)) * units / units.unsqueeze(-1)
    assert torch.linalg.matrix_norm(jacobian, 2).amax() <= bounds.jacobian
    symmetric = torch.linalg.eigvalsh((jacobian + jacobian.mT) / 2)
    assert symmetric.amax() <= bounds.highest
    assert symmetric.amin() >= bounds.lowest
    assert bounds.jacobian <= bounds.refined <= math.exp(bounds.log_bound) * (1 + 1e-12)


def test_another_activation_gives_the_bound_of_that_network():
    network, region = network_with_a_stuck_unit(), box([-1.0, -1.0], [1.0, 1.0])
    table = activation_swaps(network, region, bounds_of(network, region, 2**10))
    by_name = table.set_index("activation")
    assert by_name.loc["tanh", "own"]
    assert set(by_name.index) == set(ACTIVATIONS) - {"identity"}
    # Both have their steepest slope, 1 and 1/4, at 0, where a unit is.
    assert by_name.loc["sigmoid", "C"] == pytest.approx(by_name.loc["tanh", "C"] / 4)
    silu = bounds_of(network_with_a_stuck_unit("silu"), region, 2**10)
    assert by_name.loc["silu", "C"] == pytest.approx(math.exp(silu.log_bound))
    assert pd.notna(table).all(axis=None)
