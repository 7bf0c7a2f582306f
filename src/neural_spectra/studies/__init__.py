"""The studies: parameters in, tables out. One package or module for each paper."""
