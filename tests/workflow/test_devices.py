"""Whatever PyTorch computes, it computes on the device that the config names.

On a machine with a CUDA device the numbers are compared with the processor's. On any machine every
study runs on a pretended device, which refuses what a real one would refuse, and once more with
other kernels, which round otherwise, as a real one would.
"""

import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from pretended_cuda import CUDA, PretendedCuda

from neural_spectra.errors import InputError
from neural_spectra.networks.random_numbers_on_any_device import normal, uniform
from neural_spectra.networks.weights_file import load_network, save_network
from neural_spectra.studies.affine_maps.trainable_spectra import trainable_spectra
from neural_spectra.studies.saturation.certificates import certificates
from neural_spectra.studies.saturation.jacobian_bounds import jacobian_bounds
from neural_spectra.studies.saturation.monodromy import reference_monodromy
from neural_spectra.studies.saturation.obstruction import obstruction
from neural_spectra.studies.saturation.own_orbits import own_orbits
from neural_spectra.studies.saturation.phase_portraits import phase_portraits
from neural_spectra.studies.saturation.scale_explorer import explorer_portraits
from neural_spectra.studies.saturation.sensitivity import sensitivity
from neural_spectra.studies.saturation.sweep_scale import sweep_scale
from neural_spectra.studies.saturation.three_dimensions import three_dimensions
from neural_spectra.studies.saturation.train_stuart_landau import train_stuart_landau
from neural_spectra.studies.saturation.training_stages import training_stage
from neural_spectra.studies.saturation.trajectory_bounds import trajectory_bounds
from neural_spectra.studies.saturation.yorke_limit import yorke_limit
from neural_spectra.workflow.code_hash import files_behind
from neural_spectra.workflow.csv_tables import read_table
from neural_spectra.workflow.devices import on_device

pytestmark = pytest.mark.many_steps

SCRIPTS = Path(__file__).parents[2] / "scripts"
SYSTEM = {"mu": 1.0, "omega": 1.0, "shear": 0.0}
DATA = {"radius": 1.5, "points": 64}
READOUT = {
    "method": "readout", "activation": "tanh", "hidden": [64],
    "saturation": 0.53, "margin": None, "radius": 1.0, "ridge": 1e-5,
}  # fmt: skip
OPTIMISED = {"activation": "tanh", "hidden": [8, 8]}
NETWORKS = {
    "readout": READOUT,
    "levenberg_marquardt": OPTIMISED | {"method": "levenberg_marquardt", "steps": 8, "target": 0.0},
    "adam": OPTIMISED | {"method": "adam", "steps": 8, "learning_rate": 1e-2},
}
REGIONS = {
    "orbit": {"shape": "orbit", "size": None},
    "unit_disc": {"shape": "ball", "size": 1.0},
    "square": {"shape": "box", "size": 0.8},
}
SEEDS = [0, 1]
SCALES = [1.0, 4.0]
SOLVER = {"segments": 8, "rtol": 1e-8, "atol": 1e-9, "loosening": 100.0}
SEARCH = {"window": 4.0, "windows": 5, "segments": 8, "rtol": 1e-8, "atol": 1e-8}
SWEEP = {"system": SYSTEM, "regions": REGIONS, "scales": SCALES, "coarsest_level": 5}


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """Files of trained networks, made on the processor: what a job reads is the same anywhere."""
    files = {}
    for name, spec in NETWORKS.items():
        stages, _ = train(spec)
        files[name] = tmp_path_factory.mktemp("weights") / f"{name}.safetensors"
        save_network(files[name], stages["final"], SEEDS, {})
    return files


def train(spec):
    return train_stuart_landau("net", SEEDS, system=SYSTEM, training=DATA, network=spec)


def trained(method):
    def compute(weights, folder):
        stages, losses = train(NETWORKS[method])
        for stage, network in stages.items():
            save_network(folder / f"{stage}.safetensors", network, SEEDS, {})
        saved = [load_network(folder / f"{stage}.safetensors")[0] for stage in stages]
        parameters = [tensor.cpu().flatten() for network in saved for tensor in network.weights]
        return [losses.table, pd.DataFrame({"weight": torch.cat(parameters)})]

    return compute


def swept(weights, _):
    tables = []
    for name in ("readout", "adam"):  # one hidden layer and two
        network, seeds = load_network(weights[name])
        by_layer, norms = sweep_scale("net", network, seeds, points_level=5, **SWEEP)
        settings = {"tightness": 0.1, "jacobian_tightness": 0.5, "finest_level": 8, **SWEEP}
        bounds = jacobian_bounds("net", network, seeds, norms.table, **settings)
        tables += [by_layer.table, norms.table, bounds.table]
    return tables


def obstructed(weights, _):
    settings = {"system": SYSTEM, "offsets": [0.0, 1.5], "scales": SCALES, "radius": 1.0}
    return [obstruction("net", *load_network(weights["readout"]), **settings).table]


def reference(weights, _):
    settings = {"system": SYSTEM, "scales": SCALES, "solver": SOLVER}
    found = reference_monodromy("net", *load_network(weights["readout"]), **settings)
    return [part.table for part in found]


def own(weights, _):
    settings = {"scales": SCALES, "starts": [1.0], "search": SEARCH}
    network, seeds = load_network(weights["readout"])
    orbits, multipliers = own_orbits("net", network, seeds, **settings)
    limits = yorke_limit("net", network, seeds, orbits.table, radius=1.0, period=2 * np.pi)
    discs = {"unit_disc": REGIONS["unit_disc"]}
    settings = {"system": SYSTEM, "regions": discs, "states": 64, "budget": 256}
    proofs = certificates("net", network, seeds, orbits.table, scales=SCALES, **settings)
    return [orbits.table, multipliers.table, limits.table, proofs.table]


def portraits(weights, _):
    rows = pd.DataFrame({"s": [1.0], "ln_det_liouville": [-12.0]})
    settings = {
        "system": SYSTEM, "area": REGIONS["unit_disc"], "scales": [1.0], "duration": 2.0,
        "inner": [0.15, 2.0], "outer": [1.7, 2.0], "extent": 2.0, "rtol": 1e-11, "atol": 1e-11,
    }  # fmt: skip
    network, _ = load_network(weights["readout"])
    with pytest.MonkeyPatch.context() as patch:
        # Every point of a path takes the same operations.
        patch.setattr("neural_spectra.studies.saturation.phase_portraits.TIMES", 11)
        return [phase_portraits("net", network[:1], rows, **settings).table]


def followed(weights, _):
    network, _ = load_network(weights["readout"], [0])
    starts = pd.DataFrame({"trajectory": [0, 1], "x": [0.2, 1.5], "y": [0.0, 0.1]})
    curves = pd.DataFrame({"network": "readout", "s": SCALES})
    settings = {"duration": 0.5, "frames": 6}
    return [explorer_portraits({"readout": network}, starts, curves, **settings).table]


def theorems(weights, _):
    network, seeds = load_network(weights["levenberg_marquardt"])
    along = {
        "scales": SCALES, "trajectories": 2, "segments": 4, "duration": 1.0,
        "radius": 0.5, "rtol": 1e-7, "atol": 1e-8,
    }  # fmt: skip
    levels = {"coarsest_level": 4, "points_level": 4}
    return [
        trajectory_bounds("net", network, seeds, **along).table,
        training_stage(
            "net", "final", network, seeds, system=SYSTEM, regions=REGIONS, **levels
        ).table,
        three_dimensions(system=SYSTEM, rate=0.5, solver=SOLVER).table,
    ]


def sensitive(*_):
    settings = {
        "system": SYSTEM, "training": DATA, "regions": REGIONS, "region": "orbit",
        "variants": {"as used": READOUT, "softer": READOUT | {"ridge": 1e-3}},
        "determinant_scales": [1.0], "improvement_scale": 4.0, "levels": [0, 4],
    }  # fmt: skip
    return [sensitivity("net", SEEDS, **settings).table]


def spectra(*_):
    settings = {
        "dimension": 3, "lambda_min": 0.5, "lambda_max": 1.0, "steps": 5, "learning_rate": 0.1,
        "target_singular_values": [1.2, 0.8, 0.2], "penalties": [1.0], "seed": 0,
    }  # fmt: skip
    return [trainable_spectra(**settings).table]


STUDIES = {
    **{f"training by {method}": trained(method) for method in NETWORKS},
    "sweep": swept,
    "obstruction": obstructed,
    "reference orbit": reference,
    "own orbits": own,
    "phase portraits": portraits,
    "followed trajectories": followed,
    "theorems": theorems,
    "sensitivity": sensitive,
    "trainable spectra": spectra,
}

# What two devices may differ by, relatively, or absolutely where a number is near 0. Nothing here
# amplifies rounding by more than training does, 1000 times, and the fit of a readout, whose
# conditioning is 1e5.
RELATIVE, ABSOLUTE = 1e-8, 1e-9
# What says how good a number is consists of rounding errors, which differ.
ERRORS = ("defect", "error_estimate")


def numbers(table):
    return table.loc[:, [column for column in table if not column.endswith(ERRORS)]]


@pytest.fixture(scope="module")
def on_cpu(weights, tmp_path_factory):
    """Give what a study's tables are on the processor, computed once."""
    return cache(lambda study: STUDIES[study](weights, tmp_path_factory.mktemp("on_cpu")))


@pytest.mark.parametrize("study", STUDIES)
def test_no_tensor_is_in_the_wrong_place_on_a_pretended_device(study, weights, on_cpu, tmp_path):
    device = PretendedCuda()
    with device:
        pretended = STUDIES[study](weights, tmp_path)
    assert device.moved
    for expected, found in zip(on_cpu(study), pretended, strict=True):
        pd.testing.assert_frame_equal(found, expected, check_exact=True)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="this machine has no CUDA device")
@pytest.mark.parametrize("study", STUDIES)
def test_cuda_gives_the_numbers_of_the_cpu(study, weights, on_cpu, tmp_path):
    with on_device("cuda"):
        on_cuda = STUDIES[study](weights, tmp_path)
    for expected, found in zip(on_cpu(study), on_cuda, strict=True):
        pd.testing.assert_frame_equal(
            numbers(found), numbers(expected), rtol=RELATIVE, atol=ABSOLUTE
        )


WITH_OTHER_KERNELS = """
import test_devices as t
from neural_spectra.workflow.csv_tables import write_table
folder = t.Path(t.sys.argv[1])
weights = {name: folder / f"{name}.safetensors" for name in t.NETWORKS}
for number, compute in enumerate(t.STUDIES.values()):
    for k, table in enumerate(compute(weights, folder)):
        write_table(folder / f"{number}_{k}.csv", table)
"""


def test_other_rounding_changes_the_numbers_by_far_less_than_two_devices_may_differ(
    weights, on_cpu, tmp_path
):
    for file in weights.values():
        shutil.copy(file, tmp_path)
    # Neither PyTorch's nor MKL's vector instructions.
    plain = {"ATEN_CPU_CAPABILITY": "default", "MKL_CBWR": "COMPATIBLE"}
    search_path = os.pathsep.join(map(str, (Path(__file__).parent, SCRIPTS.parent / "src")))
    subprocess.run(
        [sys.executable, "-c", WITH_OTHER_KERNELS, tmp_path],
        env={**os.environ, **plain, "PYTHONPATH": search_path},
        check=True,
    )
    for number, study in enumerate(STUDIES):
        for k, expected in enumerate(on_cpu(study)):
            found = read_table(tmp_path / f"{number}_{k}.csv")
            pd.testing.assert_frame_equal(
                numbers(found),
                numbers(expected.reset_index(drop=True)),
                rtol=RELATIVE / 1000,
                atol=ABSOLUTE / 1000,
                check_dtype=False,
                obj=study,
            )


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a CUDA device")
def test_asking_for_cuda_where_there_is_none_is_one_sentence():
    sentence = "finds no CUDA device on this machine; set device: cpu"
    with pytest.raises(InputError, match=sentence), on_device("cuda"):
        pass


# These draw weights or pass them on, or try statements on small random cases.
ON_THE_CPU = {
    "analyse_network", "contracting_balls", "identities", "rare_chaos", "sample_weights",
    "search_seeds", "statements",
    # Two to four states, or networks of a few units: a device would only wait.
    "activations_at_equal_budget", "batch_normalisation", "companion_networks",
    "companion_orbits", "current_diagram", "depth_attenuation", "hodgkin_huxley",
    "homoclinic_limit", "learning_and_radius", "morris_lecar", "morris_lecar_networks",
    "train_morris_lecar", "trainable_steepness", "weight_growth",
}  # fmt: skip


def test_the_other_scripts_that_use_torch_compute_on_the_device_of_their_rule():
    imports_torch = re.compile(r"^(?:import|from) torch\b", re.MULTILINE)
    needing, choosing = set(), set()
    for script in SCRIPTS.rglob("*.py"):
        if "on_device(snakemake.params.device)" in script.read_text(encoding="utf-8"):
            choosing.add(script.stem)
        if any(
            imports_torch.search(module.read_text(encoding="utf-8"))
            for module in files_behind([script])
        ):
            needing.add(script.stem)
    assert needing == choosing | ON_THE_CPU


def test_on_the_cpu_nothing_is_put_between_the_code_and_torch():
    with on_device("cpu"):
        assert not torch.overrides._get_current_function_mode_stack()


def test_random_numbers_are_the_same_on_every_device():
    def draw():
        generator = torch.Generator().manual_seed(0)
        drawn = uniform(generator, 3, low=-1.0), normal(generator, 2, 2)
        return [number.device for number in drawn], [number.cpu().numpy() for number in drawn]

    devices, on_cpu = draw()
    assert {device.type for device in devices} == {"cpu"}
    with PretendedCuda():
        devices, pretended = draw()
    assert devices == [CUDA, CUDA]
    assert all(map(np.array_equal, on_cpu, pretended))


# The pretended device refuses what CUDA refuses.


def test_the_pretended_device_refuses_to_mix_tensors():
    left_behind = torch.ones(2)
    with PretendedCuda(), pytest.raises(RuntimeError, match="same device"):
        torch.ones(2) + left_behind


@pytest.mark.parametrize("convert", [np.asarray, torch.Tensor.numpy, pd.Series])
def test_the_pretended_device_refuses_numpy(convert):
    with PretendedCuda(), pytest.raises(TypeError, match="to NumPy"):
        convert(torch.ones(2)[:1])


def test_the_pretended_device_refuses_a_generator_of_the_cpu():
    with PretendedCuda(), pytest.raises(RuntimeError, match="generator"):
        torch.rand(2, generator=torch.Generator())
