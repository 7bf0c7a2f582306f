"""What can be handed to ``analyse``, and what is read from it."""

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

import users_networks as users
from neural_spectra.errors import InputError
from neural_spectra.flows.differentiable_fields import DifferentiableField
from neural_spectra.networks.deep_maps import DeepMap
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.networks.reading import read_network
from neural_spectra.studies.own import analyse as module
from neural_spectra.studies.own.analyse import analyse
from neural_spectra.studies.own.analysis import Analysis


@pytest.fixture(autouse=True)
def handed_on(monkeypatch):
    """What the analyses themselves are given, which are tested elsewhere."""
    given = []
    for name in ("analyse_flow", "analyse_map", "analyse_skew_rnn"):

        def take(network, called=name, **others):
            given.append((called, network, others))
            return Analysis({}, {})

        monkeypatch.setattr(module, name, take)
    return given


def small(*widths):
    torch.manual_seed(0)
    return users.mlp(*widths).double()


def test_a_file_is_read_and_its_name_is_the_networks(handed_on, tmp_path):
    save_file(small(2, 4, 2).state_dict(), tmp_path / "mine.safetensors")
    analyse(tmp_path / "mine.safetensors", activation="Tanh")
    ((kind, field, others),) = handed_on
    assert (kind, others["name"], others["verified"]) == ("analyse_flow", "mine", None)
    assert isinstance(field, Network)
    assert others["understood"] == {
        "name": "mine",
        "kind": "flow",
        "dimension": 2,
        "layers": [2, 4, 2],
        "activation": ["tanh"],
        "dtype": "float64",
    }


def test_a_module_that_is_a_network_is_taken_as_one_and_verified(handed_on):
    model = users.ODEFunc(small(2, 4, 2).float())
    states = torch.randn(10, 2)
    analyse(model, data=states)
    ((_, field, others),) = handed_on
    assert isinstance(field, Network)
    assert others["verified"] is True
    assert others["understood"]["dtype"] == "float32"
    torch.testing.assert_close(others["starts"], states)
    torch.testing.assert_close(field(states).float(), model(0, states))


def test_a_module_without_data_says_itself_how_many_coordinates_it_takes(handed_on):
    analyse(users.ODEFunc(small(3, 4, 3)))
    ((_, field, others),) = handed_on
    assert (field.dimension, others["starts"]) == (3, None)


@pytest.mark.parametrize("write", [users.DemoFunc, users.Residual])
def test_any_other_module_is_taken_by_its_jacobian(write, handed_on):
    model = write(small(2, 4, 2))
    analyse(model, data=torch.randn(5, 2))
    ((_, field, others),) = handed_on
    assert isinstance(field, DifferentiableField)
    assert others["verified"] is None
    assert others["understood"]["layers"] is None
    x = torch.randn(3, 2, dtype=torch.float64)
    torch.testing.assert_close(field(x), model(0, x).detach())


def test_a_field_that_depends_on_the_time_is_refused(handed_on):
    model = users.TimeDependent(small(2, 4, 2))
    with pytest.raises(InputError, match="depends on the time"):
        analyse(model, data=torch.randn(5, 2))
    assert handed_on == []


def test_a_module_may_be_a_map(handed_on):
    analyse(small(2, 4, 2), kind="map", name="step")
    ((kind, f, others),) = handed_on
    assert (kind, others["name"]) == ("analyse_map", "step")
    assert isinstance(f, DeepMap)
    assert not f.output_activation


def test_a_matrix_is_a_recurrent_network(handed_on):
    matrix = np.array([[0.0, 1.0], [-1.0, 0.0]])
    analyse(matrix, kind="skew-rnn", activation="tanh", name="A")
    ((kind, taken, others),) = handed_on
    assert (kind, others["activation"]) == ("analyse_skew_rnn", "tanh")
    assert (taken is matrix, others["form"]) == (True, "sigma(A x)")


# As for a user: the checks of types that the tests switch on come first otherwise.
@pytest.mark.many_steps
@pytest.mark.parametrize(
    ("given", "others", "words"),
    [
        (3.0, {}, "float is no vector field"),
        (small(2, 4, 2), {"kind": "flwo"}, "unknown kind of network 'flwo'; did you mean 'flow'"),
        (small(2, 4, 2), {"form": "sigma(A x)"}, "a flow has no form; leave it out"),
        (small(2, 4, 2), {"output_activation": True}, "a flow has no output_activation"),
        (np.eye(2), {"kind": "skew-rnn"}, "a skew-rnn needs its activation"),
        (3.0, {"kind": "map"}, "float is no map"),
        (torch.nn.Tanh(), {}, "Tanh does not say how many coordinates its states have; give data"),
        (small(2, 4, 2), {"data": torch.zeros(3)}, r"data of the shape \(3,\) are no states"),
    ],
    ids=["number", "kind", "form", "output", "activation", "map", "coordinates", "data"],
)
def test_what_cannot_be_is_refused(given, others, words, handed_on):
    with pytest.raises(InputError, match=words):
        analyse(given, **others)
    assert handed_on == []


def test_one_of_several_networks_in_a_file_can_be_meant(handed_on, tmp_path):
    file = tmp_path / "mine.safetensors"
    save_file({k: torch.stack([v, 2 * v]) for k, v in small(2, 4, 2).state_dict().items()}, file)
    analyse(file, activation="tanh", seed=1)
    ((_, field, _),) = handed_on
    wanted = read_network(file, "tanh", seed=1).network
    assert torch.equal(field.weights[0], wanted.weights[0])
