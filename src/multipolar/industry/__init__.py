"""Who can make how many cells, where, and under whose control? GWh/yr; demand in GWh."""
