"""What do lists that others publish say, in our words? One file per format, and nothing else.

A reader turns a file into rows of the table plants and into refused lines with reasons. It does not
go to the network, does not ask whether a plant is known, and does not judge what the list says.
"""
