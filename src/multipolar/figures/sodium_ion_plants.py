"""Figure ``sodium-ion-plants``: who makes sodium-ion cells, where, and from when on?"""

from __future__ import annotations

from multipolar.figures.figure import Figure
from multipolar.figures.next_gen import Subject, data
from multipolar.figures.next_gen_bars import views

SUBJECT = Subject(
    product="sodium-ion",
    noun="sodium-ion cells",
    kind="cell",
    measure="capacity",
    sized="cell",
    caveat="A plant that makes other cells too counts if a source names sodium-ion; lines for "
    "materials and packs stand in the data only.",
)
FIGURE = Figure(
    name="sodium-ion-plants",
    number=12,
    question="Who makes sodium-ion cells, where, and from when on?",
    data=data(SUBJECT),
    views=views(SUBJECT),
)
