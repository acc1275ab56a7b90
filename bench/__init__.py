"""Measures this program against bars of the same run: paired, repeated, on a named machine.

`python -m bench` measures everything, `python -m bench --list` says what there is. Figures in
seconds belong to one machine; the ratios are what is held to goals.
"""
