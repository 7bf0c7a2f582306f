"""Spectra of signals whose spectra are known."""

import numpy as np
import pytest
from scipy.signal.windows import blackmanharris
from scipy.special import jv

from neural_spectra.errors import InputError
from neural_spectra.flows.signal_spectra import (
    amplitude_spectrum,
    harmonic_amplitudes,
    peak_frequency,
    require_sampling,
    spectral_entropy,
    spectrogram,
)

RATE = 50.0
TIMES = np.arange(4000) / RATE


def cosine(frequency: float, amplitude: float = 1.0, phase: float = 0.4) -> np.ndarray:
    return amplitude * np.cos(2 * np.pi * frequency * TIMES + phase)


def test_a_cosine_of_amplitude_a_has_a_peak_of_height_a_at_its_frequency() -> None:
    frequencies, amplitudes = amplitude_spectrum(cosine(3.0, 0.7) + cosine(8.0, 1e-3), RATE)
    assert amplitudes[frequencies == 3.0] == pytest.approx(0.7, rel=1e-9)
    assert amplitudes[frequencies == 8.0] == pytest.approx(1e-3, rel=1e-3)


def test_the_window_is_that_of_blackman_and_harris() -> None:
    # An impulse shows the window's value at its place, at every frequency.
    spectrum = amplitude_spectrum(np.eye(16), 1.0)[1][:, 1]
    window = blackmanharris(16, sym=False)
    np.testing.assert_allclose(spectrum, 2 * window / window.sum(), rtol=1e-10)


def test_a_peak_between_two_frequencies_loses_at_most_a_tenth() -> None:
    width = RATE / len(TIMES)
    heights = [amplitude_spectrum(cosine(3 + d * width), RATE)[1].max() for d in (0.25, 0.5)]
    assert 0.9 < heights[1] < heights[0] < 1


def test_the_mean_and_the_nyquist_frequency_are_not_doubled() -> None:
    alternating = 0.3 * np.cos(np.pi * np.arange(len(TIMES)))
    _, amplitudes = amplitude_spectrum(alternating - 2.0, RATE)
    assert amplitudes[0] == pytest.approx(2.0)
    assert amplitudes[-1] == pytest.approx(0.3)


def test_side_lobes_lie_92_decibels_below_the_line() -> None:
    frequencies, amplitudes = amplitude_spectrum(cosine(3.0062), RATE)
    beside = np.abs(frequencies - 3.0062) > 4.5 * RATE / len(TIMES)
    assert amplitudes[beside].max() < 10 ** (-91 / 20)


def test_the_peak_frequency_of_cosines_is_found_between_the_bins() -> None:
    wanted = 3.0 + RATE / len(TIMES) * np.linspace(-0.5, 0.5, 21)
    signal = np.stack([0.1 + cosine(frequency) for frequency in wanted])
    found = peak_frequency(*amplitude_spectrum(signal, RATE))
    assert np.abs(found - wanted).max() < 3e-5 * RATE / len(TIMES)


def test_a_mean_is_no_peak_and_a_lost_signal_has_none() -> None:
    signal = np.stack([5.0 + cosine(2.0, 0.1), np.full(len(TIMES), np.nan), np.zeros(len(TIMES))])
    found = peak_frequency(*amplitude_spectrum(signal, RATE))
    assert found[0] == pytest.approx(2.0, abs=1e-5)
    assert np.isnan(found[1:]).all()


def test_the_harmonics_of_a_phase_modulation_are_bessel_functions() -> None:
    t = 2 * np.pi * np.arange(64) / 64
    signal = np.stack([np.cos(1.5 * np.sin(t)), np.sin(1.5 * np.sin(t))])
    n = np.arange(1, 9)
    expected = 2 * np.abs(jv(n, 1.5)) * np.stack([n % 2 == 0, n % 2 == 1])
    np.testing.assert_allclose(harmonic_amplitudes(signal, 8), expected, atol=1e-15)


def test_more_harmonics_than_samples_show_are_refused() -> None:
    with pytest.raises(InputError, match="take more than 32 samples"):
        harmonic_amplitudes(np.ones(32), 16)


def test_the_spectrogram_follows_a_change_of_frequency() -> None:
    signal = np.where(TIMES < 40, cosine(4.0, 2.0), cosine(10.0, 0.5))
    times, frequencies, power = spectrogram(signal, RATE, window_length=200, hop=50)
    assert power.shape == (len(frequencies), len(times))
    early, late = power[:, times < 37], power[:, times > 43]
    assert (frequencies[early.argmax(axis=0)] == 4.0).all()
    assert (frequencies[late.argmax(axis=0)] == 10.0).all()
    np.testing.assert_allclose(early.max(axis=0), 4.0, rtol=1e-6)
    np.testing.assert_allclose(late.max(axis=0), 0.25, rtol=1e-6)


def test_no_frame_of_the_spectrogram_reaches_over_the_ends() -> None:
    times, _, power = spectrogram(cosine(4.0), RATE, window_length=200, hop=50)
    assert times[0] >= 2.0
    assert times[-1] <= TIMES[-1] - 2.0 + 2 / RATE
    assert np.ptp(power.max(axis=0)) < 1e-9
    np.testing.assert_allclose(np.diff(times), 1.0)


@pytest.mark.parametrize(("window", "hop"), [(4001, 10), (1, 10), (100, 0)])
def test_a_window_that_does_not_fit_is_refused(window: int, hop: int) -> None:
    with pytest.raises(InputError, match="does not fit a signal of 4000 samples"):
        spectrogram(cosine(4.0), RATE, window, hop)


def test_m_equal_lines_have_ln_m_more_entropy_than_one() -> None:
    one = spectral_entropy(cosine(2.0))
    four = spectral_entropy(sum(cosine(f) for f in (2.0, 3.0, 5.0, 9.0)))
    assert four - one == pytest.approx(np.log(4), abs=1e-6)
    assert one == pytest.approx(1.2, abs=0.05)


def test_the_entropy_knows_neither_mean_nor_scale() -> None:
    signal = cosine(2.0) + cosine(3.3, 0.2)
    entropies = spectral_entropy(np.stack([signal, 1e-3 * signal + 7.0]))
    assert entropies[0] == pytest.approx(entropies[1], abs=1e-9)


def test_white_noise_has_almost_the_highest_entropy() -> None:
    noise = np.random.default_rng(0).standard_normal((20, len(TIMES)))
    expected = np.log(len(TIMES) / 2) - 1 + np.euler_gamma
    assert spectral_entropy(noise).mean() == pytest.approx(expected, abs=0.05)


def test_constant_and_lost_signals_have_no_entropy() -> None:
    signal = np.stack([np.full(len(TIMES), 3.0), np.full(len(TIMES), np.nan)])
    assert np.isnan(spectral_entropy(signal)).all()


def test_a_sampling_rate_too_low_for_the_fastest_oscillation_names_the_nyquist_limit() -> None:
    require_sampling(8.0, 25.0)
    with pytest.raises(InputError, match=r"Nyquist limit of 3\.5 Hz.*sample at more than 7\.95"):
        require_sampling(7.0, 25.0)


@pytest.mark.parametrize("rate", [0.0, -8.0, np.nan])
def test_a_sampling_rate_that_is_none_is_refused(rate: float) -> None:
    with pytest.raises(InputError, match="Nyquist limit"):
        require_sampling(rate, 25.0)
