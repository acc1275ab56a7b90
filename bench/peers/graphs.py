"""Graph libraries: all that can be reached from some nodes, as each of them says it best."""

import json
import sys
from collections.abc import Callable
from time import process_time

import igraph
import networkx as nx
import numpy as np
import rustworkx

Closure = Callable[[], int]


def of_networkx(source: list[int], target: list[int], start: int) -> Closure:
    graph = nx.DiGraph()
    graph.add_edges_from(zip(source, target, strict=True))
    return lambda: len(nx.descendants(graph, start))


def of_rustworkx(source: list[int], target: list[int], start: int) -> Closure:
    graph = rustworkx.PyDiGraph(multigraph=True)
    graph.extend_from_edge_list(list(zip(source, target, strict=True)))
    return lambda: len(rustworkx.descendants(graph, start))


def of_igraph(source: list[int], target: list[int], start: int) -> Closure:
    graph = igraph.Graph(n=start + 1, edges=list(zip(source, target, strict=True)), directed=True)
    return lambda: len(graph.subcomponent(start, mode="out")) - 1


LIBRARIES = {"networkx": of_networkx, "rustworkx": of_rustworkx, "igraph": of_igraph}


def main() -> None:
    """Build once, then answer: how many are reached, and in how much time of this process."""
    closures: dict[str, Closure] = {}
    for line in sys.stdin:
        asked = json.loads(line)
        if "links" in asked:
            source, target = (each.tolist() for each in np.load(asked["links"]))
            begun = process_time()
            build = LIBRARIES[asked["library"]]
            closures = {asked["library"]: build(source, target, asked["start"])}
            print(json.dumps({"seconds": process_time() - begun}), flush=True)
        else:
            begun = process_time()
            reached = closures[asked["library"]]()
            answer = {"seconds": process_time() - begun, "reached": reached}
            print(json.dumps(answer), flush=True)


main()
