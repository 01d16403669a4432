"""One model for several quantities, and every statement about them or about their products."""

from helpers.methods.graph.model import Graph, Node, summary
from helpers.methods.graph.posterior import Draws

__all__ = ["Draws", "Graph", "Node", "summary"]
