"""Networks: multilayer perceptrons, deep maps, recurrent networks, their weights and training."""
