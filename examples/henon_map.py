"""A network that is applied again and again: Hénon's map, learned, exported and analysed.

Run it by ``python examples/henon_map.py``; it takes less than a minute.
"""

import torch

import neural_spectra


def henon(states: torch.Tensor) -> torch.Tensor:
    """Return (x, y) ↦ (1 − 1.4 x² + y, 0.3 x), whose attractor is chaotic."""
    x, y = states.unbind(-1)
    return torch.stack((1 - 1.4 * x**2 + y, 0.3 * x), -1)


def trained() -> torch.nn.Module:
    """Return a network of 24 tanh units, fitted to the map around its attractor."""
    torch.manual_seed(0)
    states = torch.rand(1000, 2, dtype=torch.float64) * torch.tensor([3.2, 1.2])
    states -= torch.tensor([1.6, 0.6])
    model = torch.nn.Sequential(
        torch.nn.Linear(2, 24), torch.nn.Tanh(), torch.nn.Linear(24, 2)
    ).double()
    optimiser = torch.optim.LBFGS(
        model.parameters(), max_iter=400, line_search_fn="strong_wolfe", tolerance_change=1e-14
    )

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        error = (model(states) - henon(states)).square().mean()
        error.backward()
        return error

    optimiser.step(loss)
    print(f"mean squared error: {loss().item():.1e}")
    return model


def main() -> None:
    """Train, export, analyse, and write the page."""
    example = torch.rand(100, 2, dtype=torch.float64) - 0.5
    neural_spectra.export(trained(), "henon.safetensors", example=example)
    analysis = neural_spectra.analyse("henon.safetensors", kind="map")
    print(analysis.summary())
    # The largest exponent of Hénon's map itself is 0.419.
    for exponent in analysis.answers["exponents"]:
        print(f"Lyapunov exponent {exponent['value']:.3f} ± {exponent['error']:.3f}")
    print(f"Look at {neural_spectra.write_results(analysis, 'results/own/henon')}.")


if __name__ == "__main__":
    main()
