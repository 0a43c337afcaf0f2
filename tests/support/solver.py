"""Somebody who knows everything that is printed, and has a solver.

What he can work out of what is hidden.
"""

import highspy

from amhk.rules.figures.small_numbers import MIXED, OTHER, SMALL

FAR = 1e6


def known(label, most):
    """What anybody knows of a hidden cell, from the word that stands there."""
    return {SMALL: (0, most), OTHER: (most + 1, FAR), MIXED: (0, FAR)}[label]


class Attacker:
    """All that is printed as linear equations over whole numbers.

    Asks of a hidden cell its least and greatest value.
    """

    def __init__(self):
        self.solver = highspy.Highs()
        self.solver.silent()
        self.at = {}

    def cell(self, name, low, high):
        self.at[name] = len(self.at)
        self.solver.addVar(low, high)
        self.solver.changeColIntegrality(self.at[name], highspy.HighsVarType.kInteger)

    def adds_up(self, whole, parts, slack=None):
        """The parts are the whole; with `slack` (low, high) the difference lies between."""
        names = [self.at[whole], *(self.at[p] for p in parts)]
        low, high = slack or (0, 0)
        self.solver.addRow(low, high, len(names), names, [1.0] + [-1.0] * len(parts))

    def span(self, name):
        told = []
        for sign in (1.0, -1.0):
            self.solver.changeColCost(self.at[name], sign)
            self.solver.run()
            assert self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
            told.append(round(self.solver.getInfo().objective_function_value * sign))
        self.solver.changeColCost(self.at[name], 0.0)
        return tuple(told)
