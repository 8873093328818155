"""Figure ``lithium-metal-plants``: who makes lithium-metal cells, where, and from when on?"""

from __future__ import annotations

from multipolar.figures.figure import Figure
from multipolar.figures.next_gen import Subject, data
from multipolar.figures.next_gen_bars import views

SUBJECT = Subject(
    product="lithium-metal",
    noun="lithium-metal cells",
    kind="cell",
    measure="capacity",
    sized="cell",
    caveat="Solid-state and semi-solid cells count as lithium metal, though sources seldom name "
    "the anode; lines for materials stand in the data only.",
)
FIGURE = Figure(
    name="lithium-metal-plants",
    number=13,
    question="Who makes lithium-metal cells, where, and from when on?",
    data=data(SUBJECT),
    views=views(SUBJECT),
)
