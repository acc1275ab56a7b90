"""Takes subscriptions and the record; gives each subscriber's events to it, each once, in order.

A position says how far a subscription was given; it goes on only when a receiver has taken a
message, which until then is the same message, under the same number, however often it is tried.
"""

from suyuan.notify.deliver import Sender, deliver, due

__all__ = ["Sender", "deliver", "due"]
