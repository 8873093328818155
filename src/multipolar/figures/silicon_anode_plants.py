"""Figure ``silicon-anode-plants``: who makes silicon anodes, where, and from when on?"""

from __future__ import annotations

from multipolar.figures.figure import Figure
from multipolar.figures.next_gen import Subject, data
from multipolar.figures.next_gen_bars import views

SUBJECT = Subject(
    product="silicon-anode",
    noun="silicon anodes",
    kind="all",
    measure="material",
    sized="anode active material",
    caveat="Makers of anode materials and of cells count alike.",
)
FIGURE = Figure(
    name="silicon-anode-plants",
    number=14,
    question="Who makes silicon anodes, where, and from when on?",
    data=data(SUBJECT),
    views=views(SUBJECT),
)
