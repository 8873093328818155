"""Is this imported plant one that we know?

``link`` answers for a whole list: identifiers first, then plants that the list holds twice, then
evidence per field with weights counted in what is known, then the best one-to-one assignment.
"""

from multipolar.industry.linkage.link import Linked, link

__all__ = ["Linked", "link"]
