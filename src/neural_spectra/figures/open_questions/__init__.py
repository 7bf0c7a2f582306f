"""The figures of the study of open questions, one module each."""
