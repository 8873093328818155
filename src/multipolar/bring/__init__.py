"""How does somebody's file get into a workspace: read, resolved, linked, stored in one piece?"""

from multipolar.bring.columns import Unconfirmed
from multipolar.bring.flow import bring, formats

__all__ = ["Unconfirmed", "bring", "formats"]
