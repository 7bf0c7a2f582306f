"""What the docstrings of the library tell."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "src" / "neural_spectra"

# Modules whose functions of many parameters do not explain them yet.
TO_DO = {
    "activations/parameter_families.py",
    "bounds/jacobian_bounds.py",
    "figures/rnn/paths_over_time.py",
    "flows/exact_skew_orbits.py",
    "flows/lyapunov_of_flows.py",
    "flows/monodromy.py",
    "networks/initialisation.py",
    "networks/training.py",
    "studies/rnn/closing_condition.py",
    "studies/rnn/euler_limit_cycle.py",
    "studies/rnn/invariants.py",
    "studies/rnn/periods.py",
    "studies/rnn/planar_networks.py",
    "studies/rnn/planar_orbits.py",
    "studies/rnn/scaling_study.py",
    "studies/rnn/spectral_response.py",
    "studies/rnn/theory_of_oscillations.py",
    "studies/saturation/figure_tables.py",
    "studies/saturation/monodromy.py",
    "studies/saturation/scale_explorer.py",
    "studies/saturation/scale_sweep.py",
    "studies/saturation/sensitivity.py",
    "studies/saturation/train_stuart_landau.py",
    "studies/saturation/training_stages.py",
}


def public_functions(body):
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public_functions(node.body)
        elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def unexplained(file):
    """Return the functions of four and more parameters without a section on them."""
    for function in public_functions(ast.parse(file.read_text(encoding="utf-8")).body):
        arguments = function.args
        names = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        many = len([name for name in names if name.arg not in ("self", "cls")]) >= 4
        if many and "Parameters\n----------" not in (ast.get_docstring(function) or ""):
            yield function.name


def test_functions_of_many_parameters_explain_them():
    found = {
        file.relative_to(PACKAGE).as_posix(): names
        for file in PACKAGE.rglob("*.py")
        if (names := list(unexplained(file)))
    }
    assert not {module: names for module, names in found.items() if module not in TO_DO}
    assert set(found) >= TO_DO, "take what is done off the list"
