"""What users have, as one field with a Jacobian: networks, modules with a time, functions."""

import pytest
import torch

from neural_spectra.errors import InputError
from neural_spectra.flows.single_fields import single_field
from neural_spectra.networks.exporting import export
from neural_spectra.networks.reading import read_network
from users_networks import EXAMPLES, gated, torchdiffeq_demo, van_der_pol_neural_ode
from van_der_pol import VanDerPol

pytestmark = pytest.mark.many_steps


@pytest.mark.parametrize("make", [torchdiffeq_demo, gated])
def test_a_module_with_a_time_that_it_does_not_use_is_a_field(make):
    x, module = EXAMPLES[make], make()
    field = single_field(module, x)
    expected = module.double()(torch.tensor(0.0), x)
    torch.testing.assert_close(field(x), expected.detach())
    steps = 1e-6 * torch.eye(2, dtype=torch.float64)
    columns = [(field(x + step) - field(x - step)) / 2e-6 for step in steps]
    found = field.jacobian(x)
    error = (found - torch.stack(columns, -1)).abs().max()
    assert error < 1e-6 * found.abs().max()


def test_what_was_read_from_a_file_is_its_network(tmp_path):
    path, x = tmp_path / "mine.safetensors", EXAMPLES[van_der_pol_neural_ode]
    export(van_der_pol_neural_ode(), path, x)
    given = read_network(path)
    assert single_field(given, x) is given.network


def test_a_field_is_left_as_it_is_and_a_function_becomes_one():
    field = VanDerPol()
    assert single_field(field, torch.zeros(1, 2)) is field
    jacobian = single_field(lambda y: -2 * y, torch.zeros(1, 3)).jacobian(torch.zeros(1, 3))
    torch.testing.assert_close(jacobian[0], -2 * torch.eye(3))


def test_what_is_no_field_is_refused():
    with pytest.raises(InputError, match="int is no field; give a Network, a torch module"):
        single_field(3, torch.zeros(1, 2))
