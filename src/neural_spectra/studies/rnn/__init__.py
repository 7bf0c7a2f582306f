"""Study 2: skew-symmetric recurrent networks (Casoni et al. 2025)."""
