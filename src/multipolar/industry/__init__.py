"""Who can make how many cells, where, and under whose control? Capacity in GWh/yr, demand in GWh."""
