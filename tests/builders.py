"""The three constructors, by the name of their style in a lesson file."""

from fmnist_spec.models import build_add, build_list, build_named

BUILDERS = {"list": build_list, "named": build_named, "add": build_add}
