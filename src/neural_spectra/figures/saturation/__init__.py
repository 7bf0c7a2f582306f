"""The figures of the study of activation saturation (Matzakos 2026), one module each."""
