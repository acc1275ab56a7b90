"""Takes links between numbered nodes; gives who reaches whom, as arrays, at the scale of a country.

It knows neither things nor the database: a node is a number, a time is a whole number of ticks,
and what it holds can be made again from the record at any time. Its modules are doors of their own.
"""
