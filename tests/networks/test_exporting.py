"""Modules as users write them, exported and read again: the same field, or refused by name."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from neural_spectra.errors import InputError
from neural_spectra.networks.evaluated_modules import EvaluatedModule
from neural_spectra.networks.exporting import export
from neural_spectra.networks.reading import read_map, read_network
from neural_spectra.networks.weights_file import load_network
from users_networks import EXAMPLES, REPRESENTED, van_der_pol_neural_ode

X = torch.randn(30, 2, generator=torch.Generator().manual_seed(0))
pytestmark = pytest.mark.many_steps


@pytest.fixture
def path(tmp_path):
    return tmp_path / "mine.safetensors"


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def assert_exported(model, path, example=X):
    """Check the file against the module at states that the export has not seen."""
    export(model, path, example)
    given = read_network(path)
    assert given.verified is True
    fresh = 2 * torch.randn(50, example.shape[-1], dtype=torch.float64)
    field = EvaluatedModule(model, example)
    torch.testing.assert_close(given.network(fresh), field(fresh), rtol=1e-9, atol=1e-8)
    return given


def refusal(model, path, example=X):
    with pytest.raises(InputError) as error:
        export(model, path, example)
    assert not path.exists()
    return str(error.value)


def mlp(activation=nn.Tanh):
    return nn.Sequential(nn.Linear(2, 8), activation(), nn.Linear(8, 2))


class ODEFunc(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = mlp()

    def forward(self, t, y):
        return self.net(y)


@pytest.mark.parametrize("make", REPRESENTED)
def test_what_a_file_can_hold_of_the_users_networks_is_exported(make, path):
    model, example = make(), EXAMPLES[make]
    export(model, path, example.float())
    given = read_network(path)
    assert given.verified is True
    expected = EvaluatedModule(model, example)(example)
    size = expected.abs().max()
    torch.testing.assert_close(given.network(example), expected, rtol=0, atol=1e-9 * size.item())


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("torchdiffeq_demo", "pow in the forward of DemoFunc (`return self.net(y**3)`)"),
        ("residual", "(`return y + self.net(y)`) joins states that went through different numbers"),
        ("time_dependent", "TimeDependent depends on the time, by sin in the forward"),
        ("sines", "sin in the forward of Siren"),
        ("gated", "mul in the forward of Gated"),
    ],
)
def test_what_no_file_can_hold_is_refused_by_the_name_of_the_operation(name, told, path):
    (make,) = (make for make in EXAMPLES if make.__name__ == name)
    assert told in refusal(make(), path, EXAMPLES[make])


@pytest.mark.parametrize(
    "activation",
    [
        nn.Tanh, nn.Sigmoid, nn.Softplus, nn.SiLU, nn.GELU, nn.ELU, nn.ReLU, nn.LeakyReLU,
        nn.Hardtanh, nn.Identity, nn.SELU, nn.CELU, nn.ReLU6, nn.Hardsigmoid, nn.LogSigmoid,
        nn.RReLU, nn.PReLU, lambda: nn.Softplus(beta=2), lambda: nn.LeakyReLU(0.3),
        lambda: nn.Hardtanh(-2, 1), lambda: nn.ELU(0.4), lambda: nn.ReLU(inplace=True),
    ],
)  # fmt: skip
def test_activations_with_their_parameters_are_exported(activation, path):
    assert_exported(mlp(activation), path)


class Swish(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(x)


def test_an_activation_written_by_hand_is_recognised(path):
    assert assert_exported(mlp(Swish), path).activations == ("silu",)


def test_each_layer_keeps_its_activation(path):
    model = nn.Sequential(
        nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 6), nn.SiLU(), nn.Linear(6, 2), nn.Tanh()
    )
    assert assert_exported(model, path).activations == ("relu", "silu", "tanh")


class Functional(nn.Module):
    """Everything that is affine in one forward: constants, buffers, indexing, in place."""

    def __init__(self):
        super().__init__()
        self.into, self.shared, self.out = nn.Linear(2, 8), nn.Linear(8, 8), nn.Linear(8, 2)
        self.register_buffer("mean", torch.tensor([1.0, 2.0]))
        self.log_rate = nn.Parameter(torch.tensor(0.3))

    def forward(self, t, y):
        z = (y - self.mean) / torch.tensor([2.0, 3.0])
        z = torch.tanh(self.into(z))
        z = functional.silu(self.shared(z))
        z = functional.dropout(self.shared(z).relu(), 0.5, self.training)
        out = self.out(z) * functional.softplus(self.log_rate)
        change = torch.zeros_like(y)
        change[..., 0], change[:, 1] = out[..., 1], 3 * out[..., 0] - 1 + 0 * t
        return torch.stack((change[:, 1], -change[:, 0]), dim=-1) / 2


def test_affine_arithmetic_functional_activations_and_shared_layers_are_folded(path):
    given = assert_exported(Functional(), path)
    assert given.understood == "d = 2, layers 2-8-8-8-2, tanh, silu, relu, float64"


def test_batch_normalisation_dropout_and_nesting_are_folded(path):
    inner = nn.Sequential(nn.Linear(8, 8), nn.BatchNorm1d(8), nn.Tanh(), nn.Identity())
    model = nn.Sequential(
        nn.BatchNorm1d(2), nn.Linear(2, 8), nn.Tanh(), nn.Dropout(0.5), inner, nn.Linear(8, 2)
    )
    for _ in range(5):
        model(torch.randn(64, 2) * 3 + 1)
    assert model.training
    assert_exported(model, path)
    assert model.training


def test_parametrised_weights_are_exported_as_they_are(path):
    parametrised = nn.utils.parametrizations
    model = nn.Sequential(
        parametrised.spectral_norm(nn.Linear(2, 8)),
        nn.Tanh(),
        parametrised.weight_norm(nn.Linear(8, 8)),
        nn.Tanh(),
        parametrised.orthogonal(nn.Linear(8, 2)),
    )
    assert_exported(model, path)


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_weights_normalised_in_the_old_way_are_exported_after_training(path):
    model = nn.Sequential(nn.utils.weight_norm(nn.Linear(2, 8)), nn.Tanh(), nn.Linear(8, 2))
    model(X).sum().backward()
    assert_exported(model, path)


class Columns(nn.Module):
    """States as columns, and an axis added where there is one state."""

    def __init__(self):
        super().__init__()
        self.W, self.V = nn.Parameter(torch.randn(8, 2)), nn.Parameter(torch.randn(2, 8))

    def forward(self, t, y):
        y = y.unsqueeze(0) if y.ndim == 1 else y
        return (self.V @ torch.tanh(self.W @ y.T)).T


def test_a_module_that_works_on_columns_is_exported(path):
    assert_exported(Columns(), path)


class OneState(nn.Module):
    """A module that takes one state at a time."""

    def __init__(self):
        super().__init__()
        self.W, self.b = nn.Parameter(torch.randn(3, 3)), nn.Parameter(torch.randn(3))
        self.log_rate = nn.Parameter(torch.tensor(0.3))

    def forward(self, t, y):
        if y.ndim != 1:
            raise ValueError("one state at a time")
        return functional.softplus(self.log_rate) * torch.tanh((self.W - self.W.T) @ y + self.b)


def test_a_module_that_takes_one_state_at_a_time_is_exported_from_one_state(path):
    assert_exported(OneState(), path, torch.randn(3))


def test_a_module_that_fails_on_the_example_is_refused_with_its_reason(path):
    told = refusal(OneState(), path, torch.randn(5, 3))
    assert "OneState fails on states of shape (points, dimension)" in told
    assert "one state at a time" in told


class Parallel(nn.Module):
    """Each component has a network of its own."""

    def __init__(self):
        super().__init__()
        self.parts = nn.ModuleList(
            nn.Sequential(nn.Linear(2, width), nn.Tanh(), nn.Linear(width, 1)) for width in (3, 5)
        )

    def forward(self, y):
        return torch.cat([part(y) for part in self.parts], dim=-1)


def test_networks_beside_each_other_are_one_wider_network(path):
    assert assert_exported(Parallel(), path).understood.startswith("d = 2, layers 2-8-2")


def test_an_affine_module_is_a_network_with_the_identity(path):
    assert assert_exported(nn.Linear(2, 2), path).activations == ("identity",)


def test_a_module_that_changes_its_input_in_place_is_exported(path):
    example = X.clone()
    assert_exported(nn.Sequential(nn.ReLU(inplace=True), nn.Linear(2, 2)), path, example)
    assert torch.equal(example, X)


def test_an_activation_before_the_first_layer_is_exported(path):
    assert_exported(nn.Sequential(nn.Tanh(), nn.Linear(2, 2)), path)


def test_a_compiled_module_is_the_module(path):
    class Compiled(nn.Module):
        def __init__(self, module):
            super().__init__()
            self._orig_mod = module

    assert_exported(Compiled(mlp()), path)


def test_a_map_is_read_from_the_same_file(path):
    model = nn.Sequential(nn.Linear(2, 8), nn.Softsign(), nn.Linear(8, 2), nn.Hardtanh(0, 6))
    export(model, path, X)
    given = read_map(path)
    assert given.verified is True
    expected = model.double()(X.double()).detach()
    torch.testing.assert_close(torch.from_numpy(given.network(X.double().numpy())), expected)
    with pytest.raises(InputError, match="'softsign' has no ranges over intervals"):
        read_network(path)


def test_the_papers_studies_read_an_exported_file(path):
    model = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 4), nn.Tanh(), nn.Linear(4, 2))
    export(model, path, X)
    network, seeds = load_network(path)
    assert seeds == (0,)
    torch.testing.assert_close(network(X.unsqueeze(0))[0], model.double()(X.double()).detach())


def test_the_same_module_gives_the_same_bytes(path, tmp_path):
    model, other = van_der_pol_neural_ode(), tmp_path / "other.safetensors"
    export(model, path, X)
    export(model, other, X)
    assert path.read_bytes() == other.read_bytes()


# What is refused.


class TwoKinds(nn.Module):
    def __init__(self):
        super().__init__()
        self.into, self.out = nn.Linear(2, 8), nn.Linear(8, 2)

    def forward(self, y):
        z = self.into(y)
        return self.out(torch.cat([torch.tanh(z[:, :4]), torch.relu(z[:, 4:])], -1))


class Softmax(ODEFunc):
    def forward(self, t, y):
        return torch.softmax(self.net(y), -1)


class Aux(ODEFunc):
    def forward(self, t, y):
        return self.net(y), y


class WithInput(ODEFunc):
    def forward(self, t, y, u):
        return self.net(y)


class TimeOfLayer(ODEFunc):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 2)

    def forward(self, t, y):
        return self.net(self.first(torch.cat([y, t.expand(len(y), 1)], -1)))


@pytest.mark.parametrize(
    ("model", "told"),
    [
        (nn.Sequential(nn.Linear(2, 8), nn.LayerNorm(8), nn.Linear(8, 2)), "layer '1' (LayerNorm)"),
        (nn.Sequential(nn.Linear(2, 2), nn.Softmax(-1)), "layer '1' (Softmax)"),
        (mlp(nn.Mish), "layer '1' (Mish) is neither affine nor a known activation"),
        (mlp(lambda: nn.PReLU(8)), "layer '1' (PReLU)"),
        (mlp(lambda: nn.GELU(approximate="tanh")), "layer '1' (GELU)"),
        (Softmax(), "softmax in the forward of Softmax"),
        (TwoKinds(), "are different activations in one layer"),
        (Aux(), "to tuple; a vector field"),
        (WithInput(), "forward of WithInput takes (t, y, u)"),
        (TimeOfLayer(), "depends on the time, by expand in the forward of TimeOfLayer"),
        (nn.GRUCell(2, 2), "GRUCell takes inputs beside the state; wrap it"),
        (nn.Linear(2, 3), "to (11, 3); a vector field or a map gives as many numbers as it takes"),
        (nn.Linear(3, 3), "fails on states of shape (points, dimension)"),
        (torch.tanh, "no torch module"),
    ],
)
def test_a_module_that_is_no_network_is_refused_by_the_name_of_the_place(model, told, path):
    assert told in refusal(model, path)


@pytest.mark.parametrize("example", [torch.zeros(0, 2), torch.tensor(1.0), X * torch.nan])
def test_an_example_without_finite_states_is_refused(example, path):
    assert "needs some finite states" in refusal(mlp(), path, example)


def test_a_folder_that_is_not_there_is_told(tmp_path):
    assert "there is no folder" in refusal(mlp(), tmp_path / "none" / "mine.safetensors")


@torch.jit.script
def scripted_swish(x):
    return x * torch.sigmoid(x)


class Scripted(nn.Module):
    def __init__(self):
        super().__init__()
        self.into, self.out = nn.Linear(2, 8), nn.Linear(8, 2)

    def forward(self, y):
        return self.out(scripted_swish(self.into(y)))


class Hamiltonian(ODEFunc):
    def forward(self, t, y):
        with torch.enable_grad():
            y = y.detach().requires_grad_()
            (gradient,) = torch.autograd.grad(self.net(y).square().sum(), y)
        return torch.stack((gradient[:, 1], -gradient[:, 0]), -1)


def test_what_cannot_be_watched_is_refused(path):
    assert "what goes into layer 'out' (Linear) is neither affine" in refusal(Scripted(), path)
    assert "Hamiltonian cannot be taken apart into layers" in refusal(Hamiltonian(), path)


def test_the_module_is_left_as_it_was(path):
    model = Functional().half().train()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    export(model, path, X)
    assert model.training
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, before[name])
        assert tensor.dtype == torch.float16
    assert not any(part._forward_hooks for part in model.modules())


def test_another_device_by_default_changes_nothing(path):
    try:
        # No numbers can be computed there.
        torch.set_default_device("meta")
        with torch.device("cpu"):
            model = mlp()
        export(model, path, X)
        assert read_map(path).verified is True
    finally:
        # Not "cpu", which would be a device that is chosen.
        torch.set_default_device(None)
