"""Spectra of sampled signals: amplitudes, peaks, spectrograms, and how wide a spectrum is."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from neural_spectra.errors import InputError

_BLACKMAN_HARRIS = (0.35875, -0.48829, 0.14128, -0.01168)
# Raised to this power, the main lobe of the Blackman–Harris window is all but a parabola.
_PEAK_POWER = 0.0851


def require_sampling(rate: float, largest_angular_frequency: float) -> None:
    """Refuse a sampling rate (Hz) that cannot show an angular frequency ω (radians a second).

    Raises
    ------
    InputError
        If ω/2π does not lie below the Nyquist limit, half the sampling rate.
    """
    frequency = largest_angular_frequency / (2 * np.pi)
    if not frequency < rate / 2:
        raise InputError(
            f"a sampling rate of {rate:g} Hz shows frequencies below its Nyquist limit of "
            f"{rate / 2:g} Hz only, but ω = {largest_angular_frequency:g} is {frequency:g} Hz; "
            f"sample at more than {2 * frequency:g} Hz"
        )


def amplitude_spectrum(
    signal: Float[np.ndarray, "*batch times"], rate: float
) -> tuple[Float[np.ndarray, " frequencies"], Float[np.ndarray, "*batch frequencies"]]:
    """Return the frequencies (Hz) and the one-sided amplitude spectrum under a window.

    The Blackman–Harris window keeps the side lobes of a line 92 dB below it. Amplitudes are
    corrected for the window's mean: a·cos shows a peak of height a at its frequency if that is a
    multiple of rate/times, and of at least 0.9 a otherwise. A mean m shows as |m| at frequency 0.

    Parameters
    ----------
    signal
        Samples; a signal with a NaN has NaN amplitudes.
    rate
        Samples a second.
    """
    samples = signal.shape[-1]
    angles = 2 * np.pi * np.arange(samples) / samples
    window = sum(a * np.cos(k * angles) for k, a in enumerate(_BLACKMAN_HARRIS))
    amplitudes = np.abs(np.fft.rfft(signal * window)) * (2 / np.sum(window))
    amplitudes[..., 0] /= 2
    if samples % 2 == 0:
        amplitudes[..., -1] /= 2
    return np.fft.rfftfreq(samples, 1 / rate), amplitudes


def peak_frequency(
    frequencies: Float[np.ndarray, " frequencies"],
    amplitudes: Float[np.ndarray, "*batch frequencies"],
) -> Float[np.ndarray, "*batch"]:
    """Return the frequency of the highest local maximum of an ``amplitude_spectrum``.

    A parabola through the powers A^0.0851 of the maximum and its neighbours (Werner and Germain
    2016, "Sinusoidal parameter estimation using quadratic interpolation around power-scaled
    magnitude spectrum peaks") finds a lone line to 3e-5 of the distance between two frequencies.
    A mean is no local maximum. NaN where there is none at all.
    """
    amplitudes = amplitudes.copy()
    amplitudes[..., 0] *= 2  # else the lobe around a mean would have its peak beside 0
    left, centre, right = amplitudes[..., :-2], amplitudes[..., 1:-1], amplitudes[..., 2:]
    is_peak = (centre > left) & (centre >= right)
    highest = np.where(is_peak, centre, -np.inf).argmax(axis=-1)[..., None]
    a, b, c = (np.take_along_axis(x, highest, -1)[..., 0] for x in (left, centre, right))
    a, b, c = a**_PEAK_POWER, b**_PEAK_POWER, c**_PEAK_POWER
    with np.errstate(invalid="ignore"):
        bins = 1 + highest[..., 0] + (a - c) / (2 * (a - 2 * b + c))
    return np.asarray(np.where(is_peak.any(axis=-1), bins * frequencies[1], np.nan))


def harmonic_amplitudes(
    one_period: Float[np.ndarray, "*batch times"], count: int
) -> Float[np.ndarray, "*batch {count}"]:
    """Return the amplitudes of the harmonics 1, 2, …, count of a periodic signal.

    Parameters
    ----------
    one_period
        Equally spaced samples of exactly one period, without the repeated last one.
    count
        Number of harmonics.

    Raises
    ------
    InputError
        If there are not more than 2·count samples.
    """
    samples = one_period.shape[-1]
    if samples <= 2 * count:
        raise InputError(
            f"{samples} samples of a period do not show {count} harmonics; "
            f"take more than {2 * count} samples"
        )
    harmonics: np.ndarray = np.abs(np.fft.rfft(one_period)[..., 1 : count + 1])
    harmonics *= 2 / samples
    return harmonics


def spectrogram(
    signal: Float[np.ndarray, " times"], rate: float, window_length: int, hop: int
) -> tuple[
    Float[np.ndarray, " frames"],
    Float[np.ndarray, " frequencies"],
    Float[np.ndarray, "frequencies frames"],
]:
    """Return times (s), frequencies (Hz) and power of the short-time Fourier transform.

    A Hann window slides over the signal; frames that would reach over its ends are left out. The
    power of a·cos is a² at its frequency.

    Parameters
    ----------
    signal
        Samples, starting at time 0.
    rate
        Samples a second.
    window_length, hop
        Samples in the window, and from one frame to the next.

    Raises
    ------
    InputError
        If the window is longer than the signal, or one of the two lengths is not positive.
    """
    samples = len(signal)
    if not (1 < window_length <= samples and hop >= 1):
        raise InputError(
            f"spectrogram: a window of {window_length} samples moving on by {hop} does not fit a "
            f"signal of {samples} samples; take 2 to {samples} samples for the window, and hop ≥ 1"
        )
    # Only here: importing SciPy's signal package takes longer than most of what is computed.
    from scipy.signal import ShortTimeFFT
    from scipy.signal.windows import hann

    transform = ShortTimeFFT(
        hann(window_length, sym=False), hop, rate, fft_mode="onesided2X", scale_to="magnitude"
    )
    first, end = transform.lower_border_end[1], transform.upper_border_begin(samples)[1]
    power = np.abs(transform.stft(signal, p0=first, p1=end)) ** 2
    return transform.t(samples, p0=first, p1=end), transform.f, power


def spectral_entropy(signal: Float[np.ndarray, "*batch times"]) -> Float[np.ndarray, "*batch"]:
    """Return Shannon's entropy −Σ p ln p (nats) of the normalised power spectrum.

    The mean is subtracted first; p is the squared ``amplitude_spectrum`` above frequency 0, divided
    by its sum. A lone line has about 1.2 (its width under the window), white noise about
    ln(times/2) − 0.4: compare signals of equal length only. NaN for a signal that is constant or
    holds a NaN.
    """
    varying = signal - signal.mean(axis=-1, keepdims=True)
    power = amplitude_spectrum(varying, rate=1.0)[1][..., 1:] ** 2
    with np.errstate(invalid="ignore"):
        share = power / power.sum(axis=-1, keepdims=True)
    terms = share * np.log(share, where=share != 0, out=np.zeros_like(share))
    return np.asarray(-terms.sum(axis=-1))
