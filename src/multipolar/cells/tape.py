"""How does a result change with every input that it was calculated from?

Reverse accumulation over a tape (Wengert 1964; Griewank & Walther 2008, chapter 3): each operation
writes down its value and its derivatives by what it was made from; going back over the tape once
gives the derivative of the result by all inputs. Values are numbers or arrays of draws; draws never
mix, so that the derivative by an input is one number per draw.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

#: A number, an array of draws, or either of them on a tape.
Value = Any


class Var:
    """A value on a tape; ``parents`` are pairs of a value and the derivative by it (None: one)."""

    __slots__ = ("grad", "own", "parents", "tape", "value")
    #: Leaves arithmetic of an array with a value on a tape to the latter.
    __array_ufunc__ = None

    def __init__(self, tape: list[Var], value: Value, parents: tuple[Any, ...] = ()) -> None:
        self.tape, self.value, self.parents = tape, value, parents
        self.grad: Value = None
        self.own = False
        tape.append(self)

    def __add__(self, other: Value) -> Var:
        if isinstance(other, Var):
            return Var(self.tape, self.value + other.value, ((self, None), (other, None)))
        return Var(self.tape, self.value + other, ((self, None),))

    __radd__ = __add__

    def __sub__(self, other: Value) -> Var:
        if isinstance(other, Var):
            return Var(self.tape, self.value - other.value, ((self, None), (other, -1.0)))
        return Var(self.tape, self.value - other, ((self, None),))

    def __rsub__(self, other: Value) -> Var:
        return Var(self.tape, other - self.value, ((self, -1.0),))

    def __neg__(self) -> Var:
        return Var(self.tape, -self.value, ((self, -1.0),))

    def __mul__(self, other: Value) -> Var:
        if not isinstance(other, Var):
            return Var(self.tape, self.value * other, ((self, other),))
        # The derivative by a factor is the other one: nothing goes back where that is a plain zero.
        pairs = ((self, other.value), (other, self.value))
        parents = tuple(pair for pair in pairs if not zero(pair[1]))
        return Var(self.tape, self.value * other.value, parents)

    __rmul__ = __mul__

    def __truediv__(self, other: Value) -> Var:
        return self.__mul__(1.0 / other)

    def __rtruediv__(self, other: Value) -> Var:
        inverse = 1.0 / self.value
        value = inverse if isinstance(other, float) and other == 1.0 else other * inverse
        return Var(self.tape, value, ((self, -value * inverse),))

    def take(self, above: Value, by: Value, spare: np.ndarray) -> None:
        """Add to the derivative of the result by this value: that by what was made of it, times
        ``by`` (None: one). ``spare``: an array to work in."""
        if self.grad is None:
            self.grad, self.own = (above, False) if by is None else (above * by, True)
        elif not (self.own and isinstance(self.grad, np.ndarray)):
            self.grad, self.own = self.grad + (above if by is None else above * by), True
        else:
            self.grad += above if by is None else np.multiply(above, by, out=spare)


def dot(*pairs: tuple[Value, Value]) -> Value:
    """The sum of products, as one entry of the tape."""
    tape = next((x.tape for pair in pairs for x in pair if isinstance(x, Var)), None)
    total: Value = 0.0
    parents: list[tuple[Var, Value]] = []
    for x, y in pairs:
        left, right = bare(x), bare(y)
        total = _add(total, left * right)
        for factor, by in ((x, right), (y, left)):
            if isinstance(factor, Var) and not zero(by):
                parents.append((factor, by))
    return total if tape is None else Var(tape, total, tuple(parents))


def total(*terms: Value) -> Value:
    """The sum of terms, as one entry of the tape."""
    tape = next((x.tape for x in terms if isinstance(x, Var)), None)
    found: Value = 0.0
    for term in terms:
        found = _add(found, bare(term), own=False)
    if tape is None:
        return found
    return Var(tape, found, tuple((x, None) for x in terms if isinstance(x, Var)))


def _add(total: Value, term: Value, own: bool = True) -> Value:
    """total + term; in place where total is an array of our own (never one of the inputs)."""
    if zero(total):
        return term if own else term + 0.0
    if isinstance(total, np.ndarray):
        total += term
        return total
    return total + term


def exp(x: Value) -> Value:
    """e to the power of x."""
    if isinstance(x, Var):
        value = np.exp(x.value)
        return Var(x.tape, value, ((x, value),))
    return np.exp(x)


def log(x: Value) -> Value:
    """Natural logarithm of x."""
    if isinstance(x, Var):
        return Var(x.tape, np.log(x.value), ((x, 1.0 / x.value),))
    return np.log(x)


def larger(x: Value, y: Value) -> Value:
    """The larger of two values; where they are equal, the derivative is that by x."""
    first = (bare(x) >= bare(y)) * 1.0
    return x * first + y * (1.0 - first)


def zero(x: Value) -> bool:
    """Whether a bare value is a plain zero and no array."""
    return isinstance(x, (float, int)) and x == 0


def bare(x: Value) -> Value:
    """The number or array without its tape."""
    return x.value if isinstance(x, Var) else x


def gradient(
    function: Callable[[Mapping[str, Value]], Value], inputs: Mapping[str, Value], tape: list[Var]
) -> tuple[Value, dict[str, Value]]:
    """A function's value and its derivative by every input that it uses; ``tape``: an empty list.

    A caller that keeps the tape until the next one is written spares the system its memory.
    """
    leaves = {name: Var(tape, value) for name, value in inputs.items()}
    result = function(leaves)
    if not isinstance(result, Var):
        return result, {}
    result.grad = 1.0
    spare = np.empty(np.shape(result.value))
    for node in reversed(tape):
        if node.grad is None or not node.parents:
            continue
        for parent, by in node.parents:
            parent.take(node.grad, by, spare)
        # What has been passed on is let go, so that its memory is used again while at hand.
        node.grad, node.parents = None, ()
    return result.value, {n: v.grad for n, v in leaves.items() if v.grad is not None}
