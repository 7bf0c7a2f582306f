"""The figures of the study of skew-symmetric RNNs (Casoni et al. 2025), one module each."""
