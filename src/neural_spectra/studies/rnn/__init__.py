"""Study 2: skew-symmetric recurrent networks (Casoni et al. 2025).

A function for each table takes the settings of the block in ``config/rnn.yaml`` that has the
table's name. In all of them

activation, activations
    are names of σ (`scalar_activation`);
form, forms
    are forms of the network, "sigma(A x)" or "A sigma(x)" (`RecurrentNetwork`);
omega, omegas
    are angular frequencies ω of A = [[0, ω], [−ω, 0]], in radians per unit of time;
level, levels
    are values ℓ = Φ(ωx) + Φ(ωy) of ω times the invariant E, each with one orbit;
sizes
    are numbers n of units;
scaling, size
    say how random matrices are scaled (`random_skew_symmetric`);
integrator, integrators
    are methods of fixed steps (`simulate`);
start
    is the state (x, y) at time 0;
step, steps
    are lengths h of a step, in units of time;
duration
    is how long a network is followed, in units of time;
rtol, atol
    are the relative and the absolute tolerance of a solution taken for exact.
"""
