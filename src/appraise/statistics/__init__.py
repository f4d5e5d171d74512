"""The formulas of the method, under the names their papers use: arrays in, frozen values out, no I/O.

Nothing here reads a clock, a file or a random source other than a seed that the caller passes.
"""
